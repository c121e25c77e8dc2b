import { DOCUMENT_BYTES_MAX } from "../values.ts";
import { type Answer, type Command, type CommandContext, type Request, fields } from "./command.ts";

/** The server that answers are modelled on. */
export const MODEL_VERSION = [7, 0, 0, 0] as const;
const WIRE_VERSION_MAX = 21;
const MESSAGE_BYTES_MAX = 48_000_000;
const WRITES_MAX = 100_000;

const HELLO = {
  known: ["helloOk", "client", "compression", "backpressure"],
  refused: ["loadBalanced", "saslSupportedMechs", "speculativeAuthenticate"],
  writes: false,
} as const;

/** Commands about the connection and the server. */
export const HANDSHAKE_COMMANDS: Readonly<Record<string, Command>> = {
  hello: { ...HELLO, run: (request, context) => hello("isWritablePrimary", request, context) },
  isMaster: { ...HELLO, run: (request, context) => hello("ismaster", request, context) },
  ismaster: { ...HELLO, run: (request, context) => hello("ismaster", request, context) },
  ping: { known: [], writes: false, run: () => fields({}) },
  buildInfo: { known: [], writes: false, run: () => fields(buildInfo()) },
  endSessions: { known: [], writes: false, run: () => fields({}) },
  connectionStatus: {
    known: ["showPrivileges"],
    writes: false,
    run: () => fields({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
  },
};

/** A standalone server: without `setName` a driver neither retries writes nor opens transactions. */
function hello(primaryField: string, { connectionId }: Request, { clock }: CommandContext): Answer {
  return fields({
    [primaryField]: true,
    helloOk: true,
    maxBsonObjectSize: DOCUMENT_BYTES_MAX,
    maxMessageSizeBytes: MESSAGE_BYTES_MAX,
    maxWriteBatchSize: WRITES_MAX,
    localTime: clock.now(),
    logicalSessionTimeoutMinutes: 30,
    connectionId,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION_MAX,
    readOnly: false,
  });
}

function buildInfo(): Record<string, unknown> {
  return {
    version: MODEL_VERSION.slice(0, 3).join("."),
    versionArray: [...MODEL_VERSION],
    gitVersion: "embedded",
    modules: [],
    bits: 64,
    debug: false,
    maxBsonObjectSize: DOCUMENT_BYTES_MAX,
    storageEngines: ["embedded"],
  };
}

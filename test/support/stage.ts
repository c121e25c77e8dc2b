import { readSimulatedGateway } from "../../src/cli/simulated-gateway.ts";
import { type Stage, setStage } from "../../src/cli/demo/stage.ts";
import {
  type SimulatorClient,
  createSimulatorClient,
} from "../../src/cli/demo/simulator-client.ts";

/** Redis, MongoDB, simulator, API and worker in processes of their own. */
export interface TestStage extends Stage {
  simulator: SimulatorClient;
  /** Every line that any of the processes wrote. */
  lines: string[];
  /** Sets business time at the beginning of a test, for us and the simulator. */
  beginAt(now: Date): Promise<void>;
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  advanceTo(to: Date): Promise<void>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
  text: string;
}

export async function startTestStage(settings: Record<string, string> = {}): Promise<TestStage> {
  const lines: string[] = [];
  const stage = await setStage(
    {
      args: [],
      env: process.env,
      out: () => {},
      err: (text) => void lines.push(text),
      isTerminal: false,
    },
    readSimulatedGateway("cookiepay"),
    settings,
  );
  const simulator = createSimulatorClient(stage.simulatorUrl);
  const api: TestStage["api"] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${stage.apiUrl}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : {},
      text,
    };
  };
  return {
    ...stage,
    simulator,
    lines,
    api,
    async beginAt(now) {
      await simulator.setClock(now);
      await stage.composition.testClock?.set(now);
    },
    async advanceTo(to) {
      const answer = await api("POST", "/test-clock/advance", { to: to.toISOString() });
      if (answer.status !== 200)
        throw new Error(`advance answered ${answer.status}: ${answer.text}`);
    },
  };
}

/** The documented test card that always approves. */
export const TEST_CARD = {
  cardNumber: "4111111111111111",
  expireDate: "2512",
  cardPassword: "12",
  birthDate: "901231",
  customerName: "홍길동",
};

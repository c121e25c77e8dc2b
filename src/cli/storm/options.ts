import { parseArgs } from "node:util";
import { UsageError, readInteger } from "../command.ts";
import { PLANTS, type Plant } from "../demo/plant.ts";
import { type SimulatedGateway, readSimulatedGateway } from "../simulated-gateway.ts";
import { DISTURBANCES } from "./fault-plan.ts";

export interface StormOptions {
  charges: number;
  /** Faults of all kinds together. */
  faults: number;
  /** SIGKILLs among them. */
  kills: number;
  seed: number;
  gateway: SimulatedGateway;
  json: boolean;
  /** Only the control. */
  naive: boolean;
  plant: Plant | null;
  minutes: number | null;
}

const FAULTS_DEFAULT = 60;

export function readOptions(args: string[]): StormOptions {
  const { values } = parseArgs({
    args,
    options: {
      charges: { type: "string", default: "2000" },
      faults: { type: "string" },
      kills: { type: "string" },
      seed: { type: "string", default: "42" },
      minutes: { type: "string" },
      gateway: { type: "string", default: "cookiepay" },
      json: { type: "boolean", default: false },
      naive: { type: "boolean", default: false },
      plant: { type: "string" },
    },
  });
  const plant = PLANTS.find((one) => one === values.plant) ?? null;
  if (values.plant !== undefined && plant === null) {
    throw new UsageError(`--plant must be ${PLANTS.join(" or ")}, not ${values.plant}`);
  }
  if (plant !== null && values.naive) throw new UsageError("--plant damages ours, not the control");
  return {
    charges: readInteger("charges", values.charges, { min: 10, max: 1_000_000 }),
    ...readFaults(values),
    seed: readInteger("seed", values.seed, { min: 0, max: 2 ** 31 }),
    gateway: readSimulatedGateway(values.gateway),
    json: values.json,
    naive: values.naive,
    plant,
    minutes:
      values.minutes === undefined
        ? null
        : readInteger("minutes", values.minutes, { min: 1, max: 1440 }),
  };
}

/** Without one of the two: half of the faults are kills, or a fifth more faults than kills. */
function readFaults(values: { faults?: string | undefined; kills?: string | undefined }): {
  faults: number;
  kills: number;
} {
  const bounds = { min: 0, max: 100_000 };
  const kills = values.kills === undefined ? null : readInteger("kills", values.kills, bounds);
  const faults = values.faults === undefined ? null : readInteger("faults", values.faults, bounds);
  if (kills === null) {
    const all = faults ?? FAULTS_DEFAULT;
    return { faults: all, kills: Math.floor(all / 2) };
  }
  if (faults === null) {
    const others = kills === 0 ? 0 : Math.max(DISTURBANCES.length, Math.round(kills / 5));
    return { faults: kills + others, kills };
  }
  if (kills > faults) throw new UsageError(`--kills ${kills} are more than --faults ${faults}`);
  return { faults, kills };
}

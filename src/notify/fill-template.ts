import { VARIABLES, VARIABLES_OF, type VariableName } from "./variables.ts";
import type { MessageKind } from "../domain/message.ts";

const PLACE = /#\{([^{}]*)\}/g;

/** The variable behind a place, by its English or its Korean name. */
function variableNamed(name: string): VariableName | null {
  const entries = Object.entries(VARIABLES) as [VariableName, string][];
  return entries.find(([english, korean]) => name === english || name === korean)?.[0] ?? null;
}

/** The template with every `#{variable}` filled in; all else is left as it stands, to the letter. */
export function fillTemplate(
  template: string,
  values: Readonly<Record<VariableName, string>>,
): string {
  return template.replaceAll(PLACE, (place, name: string) => {
    const variable = variableNamed(name);
    // Unknown ones are refused at boot.
    return variable === null ? place : values[variable];
  });
}

/** The places of a template that messages of this kind cannot fill. */
export function unknownPlaces(template: string, kind: MessageKind): string[] {
  return [...template.matchAll(PLACE)].flatMap(([place, name = ""]) => {
    const variable = variableNamed(name);
    return variable !== null && VARIABLES_OF[kind].includes(variable) ? [] : [place];
  });
}

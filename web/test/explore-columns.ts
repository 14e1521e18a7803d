import type { Column } from "../src/explore/frame";

type Given = number | string | null | undefined;

/** A column as the server would pack these values. */
export function columnOf(name: string, values: readonly Given[]): Column {
  const labels = [...new Set(values.filter((value): value is string => typeof value === "string"))];
  const codes = values.map((value) =>
    value === undefined ? 1 : value === null ? 2 : typeof value === "string" ? labels.indexOf(value) + 3 : 0,
  );
  const numbers = values.map((value) => (typeof value === "number" ? value : 0));
  return { name, codes: Int32Array.from(codes), numbers: Float64Array.from(numbers), labels };
}

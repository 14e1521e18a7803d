// What is shown as a file.
import { send } from "../api";
import type { Question } from "./rows";

export type Format = "csv" | "jsonl";

/** Ask for the runs of a question as a file, and give it to the browser to keep. Throws ApiError. */
export async function download(question: Question, columns: readonly string[], format: Format): Promise<void> {
  const response = await send("POST", "/api/export", { ...question, columns, format });
  keep(await response.blob(), `runs.${format}`);
}

/** Give a file to the browser to keep. */
export function keep(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser reads it after the press
}

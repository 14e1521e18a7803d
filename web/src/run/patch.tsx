// The diff of the code that ran against its commit, one file after the other.
import { useState } from "preact/hooks";
import { useAnswer } from "../load";
import { Failed, Waiting } from "../states";
import { Copy } from "./bits";

export interface PatchLine {
  readonly text: string;
  readonly kind: "head" | "place" | "added" | "removed" | "same";
}
export interface FilePatch {
  readonly name: string;
  readonly lines: readonly PatchLine[];
  readonly added: number;
  readonly removed: number;
}

const KINDS: Readonly<Record<string, PatchLine["kind"]>> = { "@": "place", "+": "added", "-": "removed" };

/** A diff as git writes it, by file. */
export function filesOf(text: string): readonly FilePatch[] {
  const files: { name: string; lines: PatchLine[]; added: number; removed: number }[] = [];
  let isBody = false; // after a file's head "+++" is a line's own text
  for (const line of text.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("diff --git ") || files.length === 0) {
      files.push({ name: / b\/(.*)$/.exec(line)?.[1] ?? line, lines: [], added: 0, removed: 0 });
      isBody = false;
      if (line.startsWith("diff --git ")) continue;
    }
    const file = files.at(-1);
    if (file === undefined) continue;
    if (line.startsWith("@@")) isBody = true;
    const kind = isBody ? (KINDS[line.charAt(0)] ?? "same") : "head";
    file.lines.push({ text: line, kind });
    if (kind === "added") file.added++;
    if (kind === "removed") file.removed++;
  }
  return files;
}

const MOST = 400; // lines of a file before the rest is asked for

export function Patch({ id }: { id: string }) {
  const { data, error, retry } = useAnswer<{ text: string; cut: boolean }>(`/api/run/${encodeURIComponent(id)}/patch`);
  if (error !== undefined) return <Failed error={error} retry={retry} />;
  if (data === undefined) return <Waiting lines={4} />;
  if (data.text === "") return <p class="quiet">The tree was dirty, but its diff was not kept.</p>;
  const files = filesOf(data.text);
  return (
    <div class="patch">
      <div class="patch-head">
        <span>
          {files.length} {files.length === 1 ? "file" : "files"} changed
        </span>
        <Copy text={data.text} label="Copy diff" />
      </div>
      {data.cut && <p class="quiet">The first megabyte of it.</p>}
      {files.map((file, at) => (
        <File key={at} file={file} isOpen={files.length <= 3} />
      ))}
    </div>
  );
}

function File({ file, isOpen }: { file: FilePatch; isOpen: boolean }) {
  const [isWhole, setWhole] = useState(false);
  const [isShown, setShown] = useState(isOpen);
  const lines = isWhole ? file.lines : file.lines.slice(0, MOST);
  return (
    <details class="patch-file" open={isOpen} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>
        <code>{file.name}</code> <span class="patch-added">+{file.added}</span>{" "}
        <span class="patch-removed">−{file.removed}</span>
      </summary>
      {isShown && (
        <pre class="patch-lines" tabIndex={0} aria-label={`Changes of ${file.name}`}>
          {lines.map(({ text, kind }, at) => (
            <span key={at} class={`patch-line is-${kind}`}>
              {text === "" ? " " : text}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
      {lines.length < file.lines.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show {file.lines.length - MOST} more lines
        </button>
      )}
    </details>
  );
}

import { linesOf } from '../lines.ts'

/** One file, or the output of one command, inside a text that holds several. */
export interface Section {
  /** Empty where nothing says what it is. */
  path: string
  /** The line of its header, or of its first content where it has none. */
  line: number
  /** The line on which its text begins. */
  textLine: number
  text: string
}

/** A path that people paste: absolute, or with a folder, or a bare name of the memory controller. */
const PATH = String.raw`(?:[\w.@:+~-]*\/[\w.@:+/~\\-]+|(?:memory|cgroup)\.[\w.]+)`
/** `$`, `root@host:~#`, `[root@host ~]#`. */
const PROMPT = String.raw`(?:\$|[\w.-]+@[\w.-]+:\S*[#$]|\[[\w.-]+@[^\]]{1,80}\][#$])`
/** `==> p <==` of head and tail, `--- p`, `# p`, and the command that printed it: `$ cat p`. */
const HEADER = new RegExp(
  String.raw`^(?:==> (${PATH}) <==|(?:---|#{1,3}|${PROMPT}) (?:(?:sudo )?cat )?(${PATH}))$`,
)
/** Any other command: what follows is its output, and no part of what stood before. */
const COMMAND = new RegExp(String.raw`^${PROMPT} \S`)
/** `p:content` of `grep -r . folder`; the file must be one of the memory controller's, or any path would do. */
const GREPPED = new RegExp(String.raw`^(${PATH}):`)
const GREPPED_NAME = /(?:^|\/)(?:memory|cgroup)\.[\w.]+$/

const MAX_SECTIONS = 10_000

/** A prompt that names user and host stands in no log and in no page: it is a terminal's output. */
export const TERMINAL = new RegExp(
  String.raw`^(?:[\w.-]+@[\w.-]+:\S*[#$]|\[[\w.-]+@[^\]]{1,80}\][#$]) \w`,
  'm',
)

/** Takes a text apart at its headers; what stands before the first is a section without a path. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [{ path: '', line: 1, textLine: 1, text: '' }]
  for (const { number, text: line } of linesOf(text)) {
    const header = HEADER.exec(line)
    const grepped = header === null ? GREPPED.exec(line) : null
    const last = sections.at(-1)
    if (header !== null) sections.push(section(header[1] ?? header[2] ?? '', number, number + 1))
    else if (COMMAND.test(line)) sections.push(section('', number, number + 1))
    else if (grepped?.[1] !== undefined && GREPPED_NAME.test(grepped[1])) {
      const same = last?.path === grepped[1] ? last : section(grepped[1], number, number)
      append(same, line.slice(grepped[0].length))
      if (same !== last) sections.push(same)
    } else if (last !== undefined) append(last, line)
    if (sections.length >= MAX_SECTIONS) break
  }
  // tail and head put an empty line between two files; it belongs to neither.
  for (const one of sections) one.text = one.text.slice(0, endOf(one.text))
  return sections
}

/** Behind its last line, without the empty ones after that. A pattern would begin anew at each of many. */
function endOf(text: string): number {
  let end = text.length
  while (text.endsWith('\n\n', end)) end--
  return end
}

function section(path: string, line: number, textLine: number): Section {
  return { path, line, textLine, text: '' }
}

/** Sections are parts of one text, so that they are bounded as it is. */
function append(to: Section, line: string): void {
  to.text += `${line}\n`
}

import { linesOf } from '../lines.ts'

/** One file inside a text that holds several. */
export interface Section {
  path: string
  /** The line of its header, or of its first content. */
  line: number
  text: string
}

/** A path that people paste: absolute, or with a folder, or a bare name of the memory controller. */
const PATH = String.raw`(?:[\w.@:+~-]*\/[\w.@:+/~\\-]+|(?:memory|cgroup)\.[\w.]+)`
/** `==> p <==` of head and tail, `--- p`, `# p`, and the command that printed it: `$ cat p`, `root@host:~# cat p`. */
const HEADER = new RegExp(
  String.raw`^(?:==> (${PATH}) <==|(?:---|#{1,3}|\$|[\w.-]+@[\w.-]+:\S*[#$]) (?:(?:sudo )?cat )?(${PATH}))$`,
)
/** `p:content` of `grep -r . folder`; the file must be one of the memory controller's, or any path would do. */
const GREPPED = new RegExp(String.raw`^(${PATH}):(.*)$`)
const GREPPED_NAME = /\/(?:memory|cgroup)\.[\w.]+$/

const MAX_SECTIONS = 10_000
/** The files of interest are a few kilobytes long; a log in between has a file of its own. */
const MAX_SECTION_CHARS = 256 * 1024

/** Takes a text apart at its headers. Empty where it has none. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = []
  for (const { number, text: line } of linesOf(text)) {
    const header = HEADER.exec(line)
    const grepped = header === null ? GREPPED.exec(line) : null
    const last = sections.at(-1)
    if (header !== null) {
      sections.push({ path: header[1] ?? header[2] ?? '', line: number, text: '' })
    } else if (grepped?.[1] !== undefined && GREPPED_NAME.test(grepped[1])) {
      const content = grepped[2] ?? ''
      if (last?.path === grepped[1]) append(last, content)
      else sections.push({ path: grepped[1], line: number, text: `${content}\n` })
    } else if (last !== undefined) append(last, line)
    if (sections.length >= MAX_SECTIONS) break
  }
  // tail and head put an empty line between two files; it belongs to neither.
  for (const section of sections) section.text = section.text.replace(/\n\n+$/, '\n')
  return sections
}

function append(section: Section, line: string): void {
  if (section.text.length + line.length < MAX_SECTION_CHARS) section.text += `${line}\n`
}

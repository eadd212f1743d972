import { linesOf } from '../lines.ts'

/** One line of /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export interface Mount {
  /** `major:minor` of the file system. */
  device: string
  /** The folder of the file system that is mounted: `/`, or what was bound. A namespace has a name: `net:[4026532325]`. */
  root: string
  /** As the process sees it. */
  mountPoint: string
  type: string
}

/** A container with more mounts than this is none that people made. */
const MAX_MOUNTS = 8192

export function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = []
  for (const { text: line } of linesOf(text)) {
    // Between the options and the dash stand any number of fields.
    const match = /^\d+ \d+ (\d{1,9}:\d{1,9}) (\S+) (\/\S*) \S+ (?:\S+ )*?- (\S{1,64}) \S* ?/.exec(
      line,
    )
    if (match === null) continue
    const [, device = '', root = '', mountPoint = '', type = ''] = match
    mounts.push({ device, root: unescape(root), mountPoint: unescape(mountPoint), type })
    if (mounts.length === MAX_MOUNTS) break
  }
  return mounts
}

/** Blanks, tabs, line ends and backslashes are octal (mangle_path in fs/seq_file.c). */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-3][0-7]{2})/g, (_whole, octal: string) =>
    String.fromCodePoint(Number.parseInt(octal, 8)),
  )
}

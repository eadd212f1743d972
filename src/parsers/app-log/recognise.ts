import { needlePattern, readFindings } from './matcher.ts'
import type { Finding } from './signature.ts'
import { unwrapLine } from './unwrap.ts'

const SAMPLE_CHARS = 8_192

/** `app.log`, `app.log.1`, `logs-web.txt`, `stdout`, `nohup.out`, … */
const LOG_NAME =
  /(?:\.(?:log|out|err)(?:[.-]\d{1,10})?|^(?:logs?|stdout|stderr|out|err|output|console|nohup|catalina|hs_err_pid\d+)(?:[-_.][^/]*)?)$/i
/** Documents and data: they may quote a log, and are none. */
const NOT_A_LOG =
  /(?:\.(?:md|markdown|rst|adoc|html?|xml|json|jsonl|ya?ml|toml|ini|conf|cfg|csv|tsv|sh|py|rb|js|ts|java|go|c|cpp|h|rs|sql)|^(?:readme|license|notice|changelog|changes|authors|todo|install|makefile|dockerfile)(?:\.[^/]*)?)$/i

/** Decides last, after all formats with a shape of their own: text that is named like a program's output, or reads like one. */
export function recogniseLog(head: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (NOT_A_LOG.test(name) || !isText(head)) return false
  return LOG_NAME.test(name) || isStamped(head) || hasSignature(head)
}

function isText(head: string): boolean {
  const sample = head.slice(0, SAMPLE_CHARS)
  if (sample.trim() === '' || sample.includes('\0')) return false
  let odd = 0
  for (let index = 0; index < sample.length; index++) {
    const code = sample.charCodeAt(index)
    const printable = (code >= 32 && code !== 0xfffd) || (code >= 9 && code <= 13) || code === 27
    if (!printable) odd++
  }
  return odd <= sample.length / 50
}

/** Most lines begin with a time, in one of the wrappings of log drivers or in the program's own way. */
function isStamped(head: string): boolean {
  const rows = head.slice(0, SAMPLE_CHARS).split('\n').slice(0, 40)
  const filled = rows.filter((row) => row.trim() !== '')
  const stamped = filled.filter(
    (row) => row.startsWith('{"log":"') || /^\W{0,3}\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(row),
  )
  return stamped.length >= 3 && stamped.length * 2 >= filled.length
}

function tellsOfAnEnd(finding: Finding): boolean {
  return 'ends' in finding ? finding.ends !== 'no' : finding.fact.kind === 'exit-status'
}

/** Words that only a runtime or a shell writes, at the place in the line where it writes them. */
function hasSignature(head: string): boolean {
  const needles = needlePattern()
  for (const row of head.split('\n')) {
    needles.lastIndex = 0
    if (row.length > SAMPLE_CHARS || !needles.test(row)) continue
    const found = readFindings(unwrapLine(row).text)
    if (found.some(({ finding }) => tellsOfAnEnd(finding))) return true
  }
  return false
}

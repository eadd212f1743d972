import type { Finding, Signature } from '../signature.ts'

import { runtimeOom } from '../signature.ts'

/** HotSpot and OpenJ9. The test holds what JDK 17 really writes. */
export const java: Signature = {
  id: 'java',
  needles: [
    'OutOfMemoryError',
    'OutOfMemory encountered',
    'insufficient memory for the Java Runtime',
    'os::commit_memory',
  ],

  read(line) {
    return readEnd(line) ?? readThread(line) ?? readMention(line)
  },
}

const ENDS: readonly { pattern: RegExp; says: string }[] = [
  {
    pattern: /^Terminating due to java\.lang\.OutOfMemoryError: (.*)$/,
    says: 'The Java VM ended itself on an OutOfMemoryError (ExitOnOutOfMemoryError)',
  },
  {
    pattern: /^Aborting due to java\.lang\.OutOfMemoryError: (.*)$/,
    says: 'The Java VM aborted on an OutOfMemoryError (CrashOnOutOfMemoryError)',
  },
  {
    pattern: /^#\s+fatal error: OutOfMemory encountered: (.*)$/,
    says: 'The Java VM aborted on an OutOfMemoryError (CrashOnOutOfMemoryError)',
  },
]

function readEnd(line: string): Finding | null {
  for (const { pattern, says } of ENDS) {
    const detail = pattern.exec(line)?.[1]
    if (detail !== undefined)
      return runtimeOom('java', areaOf(detail), 'yes', line, `${says}: ${detail.slice(0, 200)}`)
  }
  if (/^#\s+There is insufficient memory for the Java Runtime Environment to continue/.test(line))
    return runtimeOom(
      'java',
      'native',
      'yes',
      line,
      'The Java VM got no more memory from the system and ended itself',
    )
  // The VM may go on without the memory it asked for: G1 then takes a smaller heap.
  if (/\bos::commit_memory\(.{1,200}\bfailed; error='[^']{1,100}' \(errno=12\)/.test(line))
    return runtimeOom('java', 'native', 'no', line, 'The system refused memory to the Java VM')
  return null
}

/** An error nobody caught ends its thread; with the main thread the program is over, unless others run on. */
function readThread(line: string): Finding | null {
  const match =
    /^Exception in thread "([^"]{1,200})" java\.lang\.OutOfMemoryError(?:: (.*))?$/.exec(line) ??
    /^Exception: java\.lang\.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "([^"]{1,200})"/.exec(
      line,
    )
  if (match === null) return null
  const [, thread = '', detail = ''] = match
  const what = detail === '' ? '' : `: ${detail.slice(0, 200)}`
  return runtimeOom(
    'java',
    areaOf(detail),
    thread === 'main' ? 'yes' : 'no',
    line,
    `An OutOfMemoryError ended the Java thread ${thread}${what}`,
  )
}

/** In a stack trace or a log line: it may have been caught. */
function readMention(line: string): Finding | null {
  const match = /(?:^|[\s:;,("'[=])java[./]lang[./]OutOfMemoryError(?:: (.{1,300})|["'\s]|$)/.exec(
    line,
  )
  if (match === null) return null
  const detail = match[1] ?? ''
  return runtimeOom(
    'java',
    areaOf(detail),
    'no',
    line,
    `Java reports an OutOfMemoryError${detail === '' ? '' : `: ${detail.slice(0, 200)}`}`,
  )
}

const AREAS: readonly [RegExp, string][] = [
  [/^Java heap space/, 'heap'],
  [/^GC overhead limit exceeded/, 'gc-overhead'],
  [/^Metaspace/, 'metaspace'],
  [/^PermGen space/, 'metaspace'],
  [/^Compressed class space/, 'class-space'],
  [/direct buffer memory/i, 'direct'],
  [/unable to create (?:new )?native thread/i, 'threads'],
  [/^Requested array size exceeds VM limit/, 'array-size'],
  [/^Map failed|out of swap space|native memory/i, 'native'],
]

function areaOf(detail: string): string {
  return AREAS.find(([pattern]) => pattern.test(detail))?.[1] ?? 'unknown'
}

/** Options are short; what is longer than this is no command line of a JVM. */
const MAX_CHARACTERS = 64 * 1024

/** Options that take the word behind them as their value. */
const TAKE_NEXT = new Set([
  '-cp',
  '-classpath',
  '--class-path',
  '-p',
  '--module-path',
  '--upgrade-module-path',
  '--add-modules',
  '--enable-native-access',
  '--add-exports',
  '--add-opens',
  '--add-reads',
  '--limit-modules',
  '--patch-module',
])

/**
 * The JVM options of a text: what stands in JAVA_TOOL_OPTIONS (words at spaces, quotes keep a word together), or a whole
 * command line, of which what follows `-jar` or the main class belongs to the program.
 *
 * @example jvmWords('java -Xmx1g -jar app.jar -Xmx2g') // ['-Xmx1g', '-jar']
 */
export function jvmWords(text: string): string[] {
  const words = split(text.slice(0, MAX_CHARACTERS))
  const isCommandLine = /(?:^|\/)java$/.test(words[0] ?? '')
  return isCommandLine ? beforeMainClass(words.slice(1)) : words
}

function beforeMainClass(words: readonly string[]): string[] {
  const options: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) return options
    options.push(word)
    if (['-jar', '-m', '--module'].includes(word)) return options
    if (TAKE_NEXT.has(word)) at++
  }
  return options
}

/** As the JVM splits JAVA_TOOL_OPTIONS (arguments.cpp, parse_options_buffer): quotes in any part of a word, no escapes. */
function split(text: string): string[] {
  const words = text.match(/(?:[^\s"']|"[^"]*"?|'[^']*'?)+/g) ?? []
  return words.map((word) => word.replace(/"([^"]*)"?|'([^']*)'?/g, '$1$2'))
}

/** The command line that a container was made with, which Podman keeps, taken apart and changed. */

export interface RunCommand {
  /** Before `run` or `create`: `podman --log-level=debug`. */
  program: readonly string[]
  /** In their order; a value that stood in a word of its own is beside its option. */
  options: readonly { name: string; value: string | null }[]
  image: string
  /** The program and its arguments. */
  command: readonly string[]
}

/** Options that take no value; all others take the next word where none stands behind `=`. */
const FLAGS = new Set(
  `detach interactive tty rm rmi init privileged read-only read-only-tmpfs publish-all replace no-healthcheck no-hosts
   no-hostname env-host unsetenv-all oom-kill-disable quiet tls-verify sig-proxy http-proxy passwd rootfs
   disable-content-trust help`.split(/\s+/),
)

/** One letter for a long name, as `podman run --help` lists them. */
const SHORT: Readonly<Record<string, string>> = {
  a: 'attach',
  c: 'cpu-shares',
  d: 'detach',
  e: 'env',
  h: 'hostname',
  i: 'interactive',
  l: 'label',
  m: 'memory',
  P: 'publish-all',
  p: 'publish',
  q: 'quiet',
  t: 'tty',
  u: 'user',
  v: 'volume',
  w: 'workdir',
}

/** @returns null where the words are no `podman run` or `podman create` */
export function parseRunCommand(words: readonly string[]): RunCommand | null {
  const verb = words.findIndex((word) => word === 'run' || word === 'create')
  if (verb < 1) return null
  const options: { name: string; value: string | null }[] = []
  let at = verb + 1
  for (; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === '--') {
      at++
      break
    }
    if (!word.startsWith('-') || word === '-') break
    const read = word.startsWith('--') ? longOption(word) : shortOptions(word)
    if (read === null) return null
    options.push(...read.options)
    if (read.waits !== null) options.push({ name: read.waits, value: words[++at] ?? '' })
  }
  const image = words[at]
  if (image === undefined) return null
  // `podman container run` is the same as `podman run`.
  const program = words.slice(0, verb).filter((word, index) => index === 0 || word !== 'container')
  return { program, options, image, command: words.slice(at + 1) }
}

interface OptionsRead {
  options: { name: string; value: string | null }[]
  /** The option whose value is the next word. */
  waits: string | null
}

function longOption(word: string): OptionsRead {
  const [name = ''] = word.slice(2).split('=', 1)
  if (word.includes('=')) {
    return { options: [{ name, value: word.slice(name.length + 3) }], waits: null }
  }
  return FLAGS.has(name)
    ? { options: [{ name, value: null }], waits: null }
    : { options: [], waits: name }
}

/** `-itd`, `-m 32m`, `-m32m`, `-dp 80:80`. */
function shortOptions(word: string): OptionsRead | null {
  const options: { name: string; value: string | null }[] = []
  for (let at = 1; at < word.length; at++) {
    const name = SHORT[word[at] ?? '']
    if (name === undefined) return null
    const rest = word.slice(at + 1)
    if (!FLAGS.has(name)) {
      if (rest === '') return { options, waits: name }
      return { options: [...options, { name, value: rest.replace(/^=/, '') }], waits: null }
    }
    options.push({ name, value: null })
  }
  return { options, waits: null }
}

/** The words to make the container with, without starting it. */
export function createWords({ program, options, image, command }: RunCommand): string[] {
  const words = options.map(({ name, value }) =>
    value === null ? `--${name}` : `--${name}=${value}`,
  )
  return [...program, 'create', ...words, '--', image, ...command]
}

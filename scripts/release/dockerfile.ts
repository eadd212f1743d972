/** What the last stage of our Dockerfile says of the image, so that a release says the same without an engine. */

/** As the configuration of an OCI image has it. */
export interface ImageConfig {
  User?: string
  Env: string[]
  Labels: Record<string, string>
  ExposedPorts: Record<string, object>
  Volumes: Record<string, object>
  Entrypoint?: string[]
  Cmd?: string[]
  Healthcheck?: Healthcheck
}

/** Docker's own, which OCI does not know; times in nanoseconds. */
interface Healthcheck {
  Test: string[]
  Interval: number
  Timeout: number
  StartPeriod: number
  Retries: number
}

export interface LastStage {
  config: ImageConfig
  /** From the stage that builds: where files lie there, and where they come to. */
  copies: { from: string[]; to: string }[]
}

/** Reads what our own file uses; another instruction is an error, lest it be forgotten. */
export function lastStage(text: string, args: Readonly<Record<string, string>>): LastStage {
  const config: ImageConfig = { Env: [], Labels: {}, ExposedPorts: {}, Volumes: {} }
  const copies: LastStage['copies'] = []
  const values = new Map<string, string>()
  const filled = (rest: string): string =>
    rest.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => values.get(name) ?? '')
  const readers: Record<string, (rest: string) => void> = {
    ARG(rest) {
      const [name = '', value = ''] = rest.split('=')
      values.set(name, args[name] ?? value)
    },
    LABEL: (rest) => void Object.assign(config.Labels, Object.fromEntries(pairs(filled(rest)))),
    ENV: (rest) => void config.Env.push(...pairs(rest).map((pair) => pair.join('='))),
    USER: (rest) => void (config.User = rest),
    EXPOSE: (rest) => void (config.ExposedPorts[`${rest}/tcp`] = {}),
    VOLUME: (rest) => void (config.Volumes[rest] = {}),
    ENTRYPOINT: (rest) => void (config.Entrypoint = JSON.parse(rest)),
    CMD: (rest) => void (config.Cmd = JSON.parse(rest)),
    HEALTHCHECK: (rest) => void (config.Healthcheck = healthcheck(rest)),
    COPY(rest) {
      const words = rest.split(' ').filter((word) => !word.startsWith('--'))
      copies.push({ from: words.slice(0, -1), to: words.at(-1) ?? '' })
    },
    // What it makes, the release makes by itself.
    RUN: () => undefined,
  }
  for (const line of instructionsOfLastStage(text)) {
    const [, name = '', rest = ''] = /^(\w+) +([^]*)$/.exec(line) ?? []
    const read = readers[name]
    if (read === undefined) throw new Error(`a release does not know ${name} of a Dockerfile`)
    read(rest)
  }
  return { config, copies }
}

function instructionsOfLastStage(text: string): string[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')) + 1)
}

function pairs(rest: string): [string, string][] {
  const found = rest.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S+))/g)
  return [...found].map(([, name = '', quoted, plain = '']) => [name, quoted ?? plain])
}

function healthcheck(rest: string): Healthcheck {
  const [options = '', command = ''] = rest.split(/ *CMD +/)
  const option = (name: string): string => new RegExp(`--${name}=(\\w+)`).exec(options)?.[1] ?? '0s'
  const nanoseconds = (name: string): number => Number.parseInt(option(name), 10) * 1e9
  const words: string[] = JSON.parse(command)
  return {
    Test: ['CMD', ...words],
    Interval: nanoseconds('interval'),
    Timeout: nanoseconds('timeout'),
    StartPeriod: nanoseconds('start-period'),
    Retries: Number.parseInt(option('retries'), 10),
  }
}

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import { until } from './testbed.ts'

export interface Serving {
  readonly pid: number
  readonly url: string
  readonly out: string
  readonly err: string
  get(path: string, init?: RequestInit): Promise<Response>
  json(path: string, init?: RequestInit): Promise<unknown>
  /** SIGINT; gives the exit code. */
  stop(): Promise<number | null>
  /** SIGKILL. */
  kill(): Promise<void>
}

/** Runs `stella serve` as a program of its own, on a port that the system chooses, until it serves. */
export async function startServing(
  data: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const listen = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
  const { child, texts } = runServe(['--data', data, ...listen, ...args], env)
  const ended = once(child, 'close')
  await until(
    'stella serves',
    () => /listening on http/.test(texts.err) || child.exitCode !== null,
    60_000,
  )
  const url = /listening on (http\S+)/.exec(texts.err)?.[1]
  if (url === undefined) throw new Error(`it does not serve: ${texts.err}`)
  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(new URL(path, url), init)
  return {
    pid: child.pid ?? 0,
    url,
    get out() {
      return texts.out
    },
    get err() {
      return texts.err
    },
    get,
    json: async (path, init) => (await get(path, init)).json(),
    async stop() {
      child.kill('SIGINT')
      await ended
      return child.exitCode
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function runServe(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { child: ChildProcess; texts: { out: string; err: string } } {
  const child = spawn(process.execPath, [LAUNCHER, 'serve', '--no-color', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const texts = { out: '', err: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (texts.out += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.err += text))
  return { child, texts }
}

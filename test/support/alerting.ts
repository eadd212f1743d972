/** A real Prometheus with rules, a real Alertmanager, and who is told: all of the tests' own, on loopback. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { stringify } from 'yaml'

/** Says what was left unfinished; safe to call once. */
export interface Running {
  url: string
  close(): Promise<void>
}

/** One alert as Alertmanager sends it to a webhook. */
export interface ReceivedAlert {
  status: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

/** Takes what Alertmanager sends. */
export async function webhookReceiver(): Promise<Running & { alerts: ReceivedAlert[] }> {
  const alerts: ReceivedAlert[] = []
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const message: { alerts: ReceivedAlert[] } = JSON.parse(Buffer.concat(pieces).toString())
      alerts.push(...message.alerts)
      response.end()
    })
  })
  return { ...(await listening(server)), alerts }
}

/** An exporter that tells what the test has written last. */
export async function spokenExporter(): Promise<Running & { tell(text: string): void }> {
  let told = ''
  const server = createServer((_request, response) => response.end(told))
  return {
    ...(await listening(server)),
    tell: (text) => {
      told = text
    },
  }
}

/** Prometheus with rules of deploy/, which it evaluates every second. */
export async function alertingPrometheus(options: {
  rules: readonly string[]
  targets: readonly string[]
  alertmanager: string | null
  /** What the targets ask for. */
  token?: string
}): Promise<Running> {
  return daemon('prometheus', '/-/ready', (folder, address) => {
    const config = join(folder, 'prometheus.yaml')
    const managers = options.alertmanager === null ? [] : [hostOf(options.alertmanager)]
    writeFileSync(
      config,
      stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: options.rules,
        alerting: { alertmanagers: [{ static_configs: [{ targets: managers }] }] },
        scrape_configs: [
          {
            job_name: 'stella',
            static_configs: [{ targets: options.targets.map(hostOf) }],
            ...(options.token === undefined
              ? {}
              : { authorization: { credentials: options.token } }),
          },
        ],
      }),
    )
    return [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ]
  })
}

/** Alertmanager with a configuration of the test's; alone, without a cluster. */
export async function alertmanager(config: string): Promise<Running> {
  return daemon('prometheus-alertmanager', '/-/ready', (folder, address) => {
    const file = join(folder, 'alertmanager.yaml')
    writeFileSync(file, config)
    return [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ]
  })
}

async function daemon(
  program: string,
  readyPath: string,
  prepare: (folder: string, address: string) => string[],
): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-alerting-'))
  const free = await listening(createServer())
  await free.close()
  const child = spawn(program, prepare(folder, hostOf(free.url)), { stdio: 'ignore' })
  const ended = new Promise((resolve) => {
    child.on('exit', resolve)
    child.on('error', resolve)
  })
  const running = {
    url: free.url,
    async close() {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await eventually(`${program} is ready`, async () => {
      const answer = await fetch(`${free.url}${readyPath}`).catch(() => null)
      return answer?.status === 200 ? true : null
    })
  } catch (error) {
    await running.close()
    throw error
  }
  return running
}

/** Asks until there is an answer, and for a minute at most. */
export async function eventually<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await ask()
    if (answer !== null) return answer
    await pause(200)
  }
  throw new Error(`waited a minute in vain: ${what}`)
}

async function listening(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function hostOf(url: string): string {
  return new URL(url).host
}

/** A real Prometheus of the tests' own, and an exporter that tells the real memory of a real group. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findMemoryHierarchy } from '../../src/sources/cgroup/hierarchy.ts'
import { groupState } from '../../src/sources/cgroup/group.ts'
import { hostReader } from '../../src/sources/reader.ts'
import { stateSample } from '../../src/parsers/series/group-sample.ts'
import { setTimeout as pause } from 'node:timers/promises'

export interface TestPrometheus {
  url: string
  close(): Promise<void>
}

/** Starts a Prometheus on loopback that asks the targets once a second. */
export async function testPrometheus(targets: readonly string[]): Promise<TestPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'stella-prometheus-'))
  const port = await freePort()
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'tests', static_configs: [{ targets }] }],
  }
  writeFileSync(join(folder, 'prometheus.json'), JSON.stringify(config))
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.json')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise((resolve) => child.on('exit', resolve))
  const url = `http://127.0.0.1:${port}`
  await isReady(url)
  return {
    url,
    async close() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function isReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(`${url}/-/ready`).catch(() => null)
    if (answer?.status === 200) return
    await pause(100)
  }
  throw new Error('waited in vain: prometheus is ready')
}

export interface TestExporter {
  /** `127.0.0.1:PORT`. */
  target: string
  /** What it tells: groups by the labels of their containers. */
  groups: Map<string, string>
  close(): Promise<void>
}

/** Tells memory groups as cAdvisor does; the figures are read from the kernel at each question. */
export async function testExporter(): Promise<TestExporter> {
  const groups = new Map<string, string>()
  const server = createServer((_request, response) => {
    response.end([...groups].map(([labels, path]) => metricsOf(labels, path)).join(''))
  })
  const port = await listen(server)
  return {
    target: `127.0.0.1:${port}`,
    groups,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function metricsOf(labels: string, path: string): string {
  const reader = hostReader()
  const hierarchy = findMemoryHierarchy(reader)
  if (hierarchy === null) return ''
  const state = groupState(reader, hierarchy, path)
  if (state === null) return ''
  const sample = stateSample(0, state)
  const told = {
    container_memory_usage_bytes: sample.usageBytes,
    container_memory_working_set_bytes: sample.workingSetBytes,
    container_memory_rss: sample.anonBytes,
    container_memory_failcnt: sample.limitHits,
    container_oom_events_total: sample.oomKills,
    container_spec_memory_limit_bytes: sample.limitBytes ?? 0,
  }
  return Object.entries(told)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}{id="${path}",${labels}} ${value}\n`)
    .join('')
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0)
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

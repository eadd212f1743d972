/** Commands that are asked of an app of Marathon. No DC/OS cluster can be had: what answers is a stand-in that says so. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { engineWith } from '../../src/cli/live-engine.ts'
import type { Said } from './captured-io.ts'
import { stella } from './command-line.ts'
import { appFixture, marathonStandIn } from './marathon-stand-in.ts'
import type { MarathonStandIn } from './marathon-stand-in.ts'

/** The cluster of the test that runs, and a folder for what stella keeps. Both are new for each test. */
class AskedMarathon {
  #cluster: MarathonStandIn | null = null
  data = ''

  get cluster(): MarathonStandIn {
    if (this.#cluster === null) throw new Error('no test runs')
    return this.#cluster
  }

  async open(): Promise<void> {
    this.data = mkdtempSync(join(tmpdir(), 'stella-test-marathon-'))
    this.#cluster = await marathonStandIn(appFixture('app-oom'))
  }

  /** Another app stands there instead. */
  async standIn(app: MarathonStandIn['app']): Promise<void> {
    await this.cluster[Symbol.asyncDispose]()
    this.#cluster = await marathonStandIn(app)
  }

  async close(): Promise<void> {
    await this.#cluster?.[Symbol.asyncDispose]()
    rmSync(this.data, { recursive: true, force: true })
  }

  addresses(): Record<string, string> {
    const { url } = this.cluster
    return { MARATHON_URL: url, STELLA_MESOS_AGENT_URL: `${url}/agent/S3` }
  }

  asked(args: readonly string[], env = this.addresses()): Promise<Said> {
    return stella(args, { engine: engineWith, env })
  }

  /** The only case, as `--json` prints it. */
  async caseOf(env?: Record<string, string>) {
    const said = await this.asked(['why', `marathon:${this.cluster.app.id}`, '--json'], env)
    expect(said.err).toBe('')
    return { code: said.code, ...JSON.parse(said.out) }
  }
}

/** For all tests of a file. */
export function askedMarathon(): AskedMarathon {
  const marathon = new AskedMarathon()
  beforeEach(() => marathon.open())
  afterEach(() => marathon.close())
  return marathon
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LAUNCHER } from '../../scripts/lib/repo.ts'
import * as z from 'zod'
import { MIB } from '../../src/model/bytes.ts'
import { createGroup } from '../support/cgroups.ts'
import type { Mood } from '../support/faulty-proxy.ts'
import { hog } from '../support/hog.ts'
import { createNetwork } from '../support/network.ts'
import type { TestMachine, TestNetwork } from '../support/network.ts'
import { requireParts } from '../support/parts.ts'
import { run, testbedFolder, until } from '../support/testbed.ts'

const TOKEN = 'a-token-that-nobody-knows'
const PORT = 8_137
const PROXY_PORT = 8_080
const PROXY = fileURLToPath(new URL('../support/faulty-proxy.ts', import.meta.url))

interface Program {
  readonly err: string
  kill(): Promise<void>
}

const programs = new Set<Program>()

/** Starts a program on a machine, and waits until it says that it is there. */
async function start(
  argv: readonly string[],
  isThere: (out: string, err: string) => boolean,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const [file = '', ...args] = argv
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const ended = once(child, 'close')
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  const program: Program = {
    get err() {
      return err
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
      programs.delete(program)
    },
  }
  programs.add(program)
  await until(argv.join(' '), () => isThere(out, err) || child.exitCode !== null, 60_000)
  if (!isThere(out, err)) throw new Error(`${argv.join(' ')} ended: ${err}`)
  return program
}

describe.skipIf(requireParts('root', 'kmsg', 'compiler', 'namespaces', 'openssl'))(
  'two hosts and one server',
  () => {
    let folder = ''
    let network: TestNetwork
    let server: Program
    /** PIDs of what was killed since the beginning: in a storm the kernel tells of a victim, and not of its group. */
    const killed: number[] = []
    const begun = new Date().toISOString()
    const agents = new Map<string, Program>()

    beforeAll(async () => {
      folder = mkdtempSync(join(testbedFolder('fleet'), 'data-'))
      writeFileSync(join(folder, 'token'), `${TOKEN}\n`)
      network = createNetwork(['alpha', 'beta'])
      makeCertificate(machine('beta').hubAddress)
      server = await startServer()
      await startProxy('alpha')
      await startProxy('beta', [join(folder, 'key.pem'), join(folder, 'certificate.pem')])
      await startAgent('alpha')
      await startAgent('beta')
    }, 180_000)
    afterAll(async () => {
      for (const program of [...programs]) await program.kill()
      network.remove()
      rmSync(folder, { recursive: true, force: true })
    })

    function machine(name: string): TestMachine {
      const found = network.machines.find((each) => each.name === name)
      if (found === undefined) throw new Error(`there is no ${name}`)
      return found
    }

    function makeCertificate(address: string): void {
      const names = ['-subj', '/CN=stella test', '-addext', `subjectAltName=IP:${address}`]
      const out = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')]
      const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
      run(['openssl', 'req', '-x509', '-nodes', ...kind, '-days', '2', ...names, ...out])
    }

    function startServer(): Promise<Program> {
      const place = ['--listen', `0.0.0.0:${PORT}`, '--data', join(folder, 'server')]
      const options = ['--no-watch', '--token-file', join(folder, 'token')]
      return start(
        [...network.hub, process.execPath, LAUNCHER, 'serve', ...place, ...options],
        (_, err) => /listening on http/.test(err),
      )
    }

    async function startProxy(name: string, secure: readonly string[] = []): Promise<void> {
      mood(name, 'pass')
      const { hubAddress } = machine(name)
      const target = `http://127.0.0.1:${PORT}`
      const args = [hubAddress, String(PROXY_PORT), target, join(folder, `mood-${name}`), ...secure]
      await start([...network.hub, process.execPath, PROXY, ...args], (_, err) =>
        err.includes('listens'),
      )
    }

    function mood(name: string, to: Mood): void {
      writeFileSync(join(folder, `mood-${name}`), to)
    }

    async function startAgent(
      name: string,
      env: Readonly<Record<string, string>> = {
        STELLA_TOKEN: TOKEN,
        NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem'),
      },
    ): Promise<Program> {
      const { within, hubAddress } = machine(name)
      const scheme = name === 'beta' ? 'https' : 'http'
      const to = `${scheme}://${hubAddress}:${PROXY_PORT}`
      const data = join(folder, name)
      mkdirSync(data, { recursive: true })
      const agent = await start(
        [...within, process.execPath, LAUNCHER, 'watch', '--to', to, '--data', data],
        (out) => out.includes('the watch began'),
        { DOCKER_HOST: 'unix:///nowhere', ...env },
      )
      agents.set(name, agent)
      return agent
    }

    const agent = (name: string): Program => {
      const found = agents.get(name)
      if (found === undefined) throw new Error(`there is no agent on ${name}`)
      return found
    }

    let next = 0
    async function kill(count: number): Promise<void> {
      const one = async (): Promise<void> => {
        const group = createGroup(`fleet-${next++}`, 8 * MIB)
        try {
          const { pid, ended } = group.start([await hog(), 'anon=64M'])
          await ended
          killed.push(pid)
        } finally {
          await group.remove()
        }
      }
      let left = count
      const lane = async (): Promise<void> => {
        while (left-- > 0) await one()
      }
      await Promise.all([lane(), lane(), lane(), lane()])
    }

    function ask(path: string): unknown {
      const url = `http://127.0.0.1:${PORT}${path}`
      const secret = ['-H', `authorization: Bearer ${TOKEN}`]
      return JSON.parse(run([...network.hub, 'curl', '-sS', '--fail', ...secret, url]))
    }

    const Hosts = z.object({ hosts: z.array(z.object({ id: z.string(), name: z.string() })) })
    const Page = z.object({
      cases: z.array(
        z.object({
          host: z.object({ name: z.string() }),
          victim: z.nullable(z.object({ pid: z.number() })),
        }),
      ),
      next: z.nullable(z.string()),
    })

    /** Victims of ours that the server lists for a host, each as often as it stands there. */
    function listed(name: string): number[] {
      const ours = new Set(killed)
      const found: number[] = []
      for (let after = ''; ;) {
        const page = Page.parse(ask(`/api/cases?limit=500&since=${begun}${after}`))
        for (const { host, victim } of page.cases) {
          if (host.name === name && victim !== null && ours.has(victim.pid)) found.push(victim.pid)
        }
        if (page.next === null) return found
        after = `&after=${encodeURIComponent(page.next)}`
      }
    }

    /** Every kill until now, and each once. */
    async function expectAll(name: string): Promise<void> {
      await until(
        `all of ${killed.length} kills from ${name}`,
        () => listed(name).length >= killed.length,
        60_000,
      ).catch(() => undefined)
      const ordered = (pids: readonly number[]): number[] => pids.toSorted((a, b) => a - b)
      expect(ordered(listed(name)), agent(name).err).toEqual(ordered(killed))
    }

    const expectBoth = async (): Promise<void> => {
      await expectAll('alpha')
      await expectAll('beta')
    }

    it('stand in one list, each kill once, and each host by an identity of its own', async () => {
      await kill(4)
      await expectBoth()
      const { hosts } = Hosts.parse(ask('/api/overview'))
      expect(hosts.map(({ name }) => name)).toEqual(['alpha', 'beta'])
      expect(new Set(hosts.map(({ id }) => id)).size).toBe(2)
      // The machine-id itself is told to nobody.
      expect(JSON.stringify(hosts)).not.toMatch(/1{32}|2{32}/)
    })

    it('lose nothing when one is cut off, killed and started again meanwhile, and healed', async () => {
      machine('alpha').cut()
      await kill(3)
      await expectAll('beta')
      await agent('alpha').kill()
      await kill(2)
      await startAgent('alpha')
      await kill(3)
      await expectAll('beta')
      expect(listed('alpha')).toHaveLength(killed.length - 8)
      machine('alpha').heal()
      await expectBoth()
    })

    it('send more than memory holds after a long cut', async () => {
      machine('alpha').cut()
      await kill(300)
      await until('the trouble is told', () => /kept here and sent later/.test(agent('alpha').err))
      machine('alpha').heal()
      await expectBoth()
      expect(agent('alpha').err).toContain('the server takes cases again')
    }, 240_000)

    it('lose nothing when the server is killed in the middle', async () => {
      const before = killed.length
      const kills = kill(40)
      await until('it has begun', () => killed.length > before + 5)
      await server.kill()
      await kills
      server = await startServer()
      await expectBoth()
    })

    it.each<Mood>(['fail', 'garbage', 'late', 'forget'])(
      'lose nothing, and tell nothing twice, while what stands before the server does this: %s',
      async (what) => {
        mood('alpha', what)
        await kill(3)
        await expectAll('beta')
        await agent('alpha').kill()
        await startAgent('alpha')
        await kill(2)
        await new Promise((resolve) => setTimeout(resolve, 3_000))
        mood('alpha', 'pass')
        await expectBoth()
      },
    )

    it('say that a token is wrong, and send everything with the right one', async () => {
      await agent('alpha').kill()
      const wrong = await startAgent('alpha', { STELLA_TOKEN: 'another-token-of-some-length' })
      await kill(2)
      await until('it is told', () => /does not know this token/.test(wrong.err))
      expect(wrong.err).not.toContain('another-token-of-some-length')
      await wrong.kill()
      await startAgent('alpha')
      await expectBoth()
    })

    it('trust a CA of their own alone where they are told of it', async () => {
      await agent('beta').kill()
      const strange = await startAgent('beta', { STELLA_TOKEN: TOKEN })
      await kill(2)
      await until('it is told', () => /certificate of the server is not trusted/.test(strange.err))
      expect(strange.err).toContain('NODE_EXTRA_CA_CERTS')
      await strange.kill()
      await startAgent('beta')
      await expectBoth()
    })

    it('keep no secret of the fleet where others read', () => {
      const marks = ['alpha', 'beta'].map((name) =>
        readFileSync(join(folder, name, 'cases/sent.json'), 'utf8'),
      )
      const said = [...marks, ...[...programs].map(({ err }) => err)]
      expect(said.filter((text) => text.includes(TOKEN))).toEqual([])
    })
  },
)

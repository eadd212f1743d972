/** What stella says of a real cluster and its pods, asked as people ask. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { MIB } from '../../src/model/bytes.ts'
import { listField, numberField, textField } from '../../src/parsers/json-fields.ts'
import { kubernetesProgram } from '../../scripts/kubernetes/programs.ts'
import { podImage, startCluster } from '../support/cluster.ts'
import type { TestCluster } from '../support/cluster.ts'
import { requireParts } from '../support/parts.ts'
import { runStella } from '../support/program.ts'
import { run, until } from '../support/testbed.ts'

const CASE = z.object({
  subject: z.object({ platform: z.string(), name: z.string() }),
  verdict: z.object({
    code: z.string(),
    confidence: z.string(),
    summary: z.string(),
    mainProcessDied: z.nullable(z.boolean()),
  }),
  causes: z.array(z.object({ code: z.string(), summary: z.string() })),
  remedies: z.array(z.object({ commands: z.array(z.object({ run: z.string() })) })),
  evidence: z.array(z.object({ source: z.string() })),
  unknown: z.array(z.string()),
})

const AUDIT = z.object({
  findings: z.array(z.object({ file: z.string(), seen: z.optional(z.string()) })),
  cluster: z.object({ nodes: z.number() }),
})
const TOP = z.object({
  containers: z.array(
    z.object({
      namespace: z.string(),
      pod: z.string(),
      container: z.string(),
      limitBytes: z.nullable(z.number()),
      restarts: z.number(),
      killedAt: z.nullable(z.string()),
      usageBytes: z.nullable(z.number()),
    }),
  ),
  usage: z.object({ from: z.nullable(z.string()), says: z.nullable(z.string()) }),
  unknown: z.array(z.string()),
})

let cluster: TestCluster

interface Container {
  name?: string
  args: readonly string[]
  limit?: string
}

function container({ name = 'app', args, limit }: Container): object {
  const resources = limit === undefined ? {} : { limits: { memory: limit } }
  return { name, image: podImage(), imagePullPolicy: 'Never', args, resources }
}

function pod(name: string, spec: object): object {
  const metadata = { name, namespace: 'shop' }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { terminationGracePeriodSeconds: 1, ...spec },
  }
}

function deployment(limit: string): object {
  const labels = { app: 'web' }
  const spec = {
    terminationGracePeriodSeconds: 1,
    containers: [container({ args: ['hog', 'anon=48M', 'stay'], limit })],
  }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec },
      // What is ready for a moment before it dies would end the pods of the revision before it.
      minReadySeconds: 300,
    },
  }
}

const pods = (...args: string[]): unknown[] =>
  listField(cluster.get('-n', 'shop', 'pods', ...args), 50, 'items')

/** How often a container of a pod was started again. */
function restarts(of: unknown): number {
  const [status] = ['initContainerStatuses', 'containerStatuses'].flatMap((key) =>
    listField(of, 5, 'status', key),
  )
  return numberField(status, 'restartCount') ?? 0
}

const podNamed = (name: string): unknown => cluster.get('-n', 'shop', 'pod', name)

async function ask(target: string, kubeconfig = cluster.kubeconfig) {
  const { code, out, err } = await runStella(['why', target, '--json', '--kubeconfig', kubeconfig])
  return { code, err, found: code === 3 ? null : CASE.parse(JSON.parse(out)) }
}

/** A kubeconfig of an account of the namespace that may do so much. */
function accountThatMay(name: string, rules: readonly object[]): string {
  const metadata = { name, namespace: 'shop' }
  const rbac = 'rbac.authorization.k8s.io'
  cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
  cluster.apply({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules })
  cluster.apply({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', ...metadata }],
  })
  const token = cluster.kubectl('-n', 'shop', 'create', 'token', name).trim()
  const file = join(cluster.folder, `${name}.kubeconfig`)
  const env = { KUBECONFIG: file }
  const kubectl = (...args: string[]): string =>
    run([kubernetesProgram('kubectl'), 'config', ...args], { env })
  writeFileSync(file, cluster.kubectl('config', 'view', '--raw', '--flatten'))
  kubectl('set-credentials', name, `--token=${token}`)
  kubectl('set-context', '--current', `--user=${name}`)
  return file
}

describe.skipIf(requireParts('root', 'cgroup-v1', 'kubernetes', 'compiler'))(
  'pods of a real cluster',
  () => {
    beforeAll(async () => {
      cluster = await startCluster()
      cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
      cluster.apply(deployment('96Mi'))
      const stays = { args: ['hog', 'anon=8M', 'stay'], limit: '32Mi' }
      const grows = { args: ['hog', 'anon=80M', 'stay'], limit: '32Mi' }
      cluster.apply(
        pod('migrating', {
          initContainers: [container({ ...grows, name: 'migrate' })],
          containers: [container(stays)],
        }),
      )
      cluster.apply(pod('gone', { restartPolicy: 'Never', containers: [container(grows)] }))
      await until('the first version runs', () => pods('-l', 'app=web').length === 1, 30_000)
      const ready = ['wait', '--for=condition=Ready', 'pod', '-l', 'app=web', '--timeout=30s']
      cluster.kubectl('-n', 'shop', ...ready)
      cluster.apply(deployment('32Mi'))
      await until(
        'the second version dies',
        () => pods('-l', 'app=web').some((one) => restarts(one) > 0),
        60_000,
      )
      await until('the init container dies', () => restarts(podNamed('migrating')) > 0, 60_000)
      const phase = (): string | null => textField(podNamed('gone'), 'status', 'phase')
      await until('a pod has failed', () => phase() === 'Failed', 60_000)
      cluster.kubectl('-n', 'shop', 'delete', 'pod', 'gone', '--wait=true')
    }, 180_000)

    afterAll(async () => cluster?.stop())

    it('that died at their limit: with the kernel of their node, and the release that began it', async () => {
      const dying = pods('-l', 'app=web').find((one) => restarts(one) > 0)
      const name = textField(dying, 'metadata', 'name')
      const { found } = await ask(`k8s:shop/${name}`)
      expect(found?.subject).toEqual({ platform: 'kubernetes', name: `shop/${name}/app` })
      expect(found?.verdict).toMatchObject({ code: 'oom-own-limit', confidence: 'certain' })
      expect(found?.verdict.summary).toMatch(
        /started it again .*revision 2 of Deployment shop\/web/,
      )
      expect(found?.causes[0]).toMatchObject({
        code: 'limit-too-low',
        summary: expect.stringContaining('lowered its limit from 96 MiB to 32 MiB'),
      })
      const sources = new Set(found?.evidence.map(({ source }) => source))
      expect([...sources]).toEqual(expect.arrayContaining(['kmsg', 'kubernetes']))
      const commands = found?.remedies.flatMap((remedy) => remedy.commands.map((one) => one.run))
      expect(commands?.join('\n')).toContain('set resources deployment web -c app')
    })

    it('whose init container died: it is that one', async () => {
      const { found } = await ask('k8s:shop/migrating')
      expect(found?.subject.name).toBe('shop/migrating/migrate')
      expect(found?.verdict).toMatchObject({ code: 'oom-own-limit', mainProcessDied: true })
    })

    it('that are gone: the kernel still knows them by their uid', async () => {
      const { found } = await ask('k8s:shop/gone')
      expect(found?.subject.name).toBe('shop/gone')
      expect(found?.verdict.code).toMatch(/^oom-(own|ancestor)-limit$/)
      expect(found?.unknown.join('\n')).toContain('pod shop/gone is gone')
    })

    it('of which an account may see the pod alone: the answer says what is missing', async () => {
      const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
      const { found } = await ask('k8s:shop/migrating', accountThatMay('looker', rules))
      expect(found?.verdict.code).toBe('oom-own-limit')
      const missing = found?.unknown.filter((one) => one.includes('a right is missing')).join('\n')
      for (const what of [
        'list resource "events"',
        'get resource "nodes"',
        'get resource "nodes/proxy"',
        'pods/log',
      ]) {
        expect(missing).toContain(what)
      }
    })

    it('that an account may not see: the right is named', async () => {
      const { code, err } = await ask('k8s:shop/migrating', accountThatMay('nobody', []))
      expect(code).toBe(3)
      expect(err).toContain('a right is missing: get resource "pods"')
    })

    it('are judged with what happened to them, their cluster as a whole', async () => {
      const ran = await runStella([
        'audit',
        '--cluster',
        '--json',
        '--kubeconfig',
        cluster.kubeconfig,
      ])
      const { findings, cluster: read } = AUDIT.parse(JSON.parse(ran.out))
      expect(read).toMatchObject({ nodes: 1 })
      const ours = findings.filter(({ file }) => file === 'k8s:shop:Deployment:web')
      expect(ours.map(({ seen }) => seen).join('\n')).toContain('killed for memory')
    })

    it('stand in one view, with their limits, restarts and last kills', async () => {
      const args = ['top', '--cluster', '--json', '--sort', 'name']
      const ran = await runStella([...args, '--kubeconfig', cluster.kubeconfig])
      const { containers } = TOP.parse(JSON.parse(ran.out))
      const dying = containers.find(
        ({ pod: name, killedAt }) => name.startsWith('web-') && killedAt,
      )
      expect(dying).toMatchObject({ namespace: 'shop', container: 'app', limitBytes: 32 * MIB })
      expect(dying?.restarts).toBeGreaterThan(0)
    })

    it('are measured by their kubelet where the cluster has no metrics API, for whom may ask it', async () => {
      const args = ['top', '--cluster', '--json', '--namespace', 'shop', '--kubeconfig']
      const measured = await runStella([...args, cluster.kubeconfig])
      const { containers, usage, unknown } = TOP.parse(JSON.parse(measured.out))
      expect(usage).toEqual({
        from: 'stats/summary',
        says: expect.stringContaining('1 kubelet: the cluster has no metrics API'),
      })
      expect(unknown).toEqual([])
      const first = containers.find(({ limitBytes }) => limitBytes === 96 * MIB)
      expect(first?.usageBytes).toBeGreaterThan(48 * MIB)
      expect(first?.usageBytes).toBeLessThan(64 * MIB)
      const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }]
      const without = await runStella([...args, accountThatMay('lister', rules)])
      const told = TOP.parse(JSON.parse(without.out))
      expect(told.usage.from).toBe(null)
      expect(told.unknown.join('\n')).toMatch(
        /metrics\.k8s\.io.* a right is missing: get resource "nodes\/proxy".* ask for that right/,
      )
    })

    it('that never were: so it says', async () => {
      const { code, err } = await ask('k8s:shop/nothing')
      expect(code).toBe(3)
      expect(err).toContain('there is no pod shop/nothing')
    })
  },
)

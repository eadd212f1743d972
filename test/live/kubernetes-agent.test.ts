import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { MIB } from '../../src/model/bytes.ts'
import { listField, textField } from '../../src/parsers/json-fields.ts'
import { podImage, startCluster } from '../support/cluster.ts'
import type { TestCluster } from '../support/cluster.ts'
import { stellaArchive } from '../support/cluster/stella-image.ts'
import { runElsewhere } from '../support/elsewhere.ts'
import { requireParts } from '../support/parts.ts'
import { run, testbedFolder, until } from '../support/testbed.ts'
import { startWatching } from '../support/watching.ts'

const MANIFESTS = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url))
const TOKEN = 'a-token-that-nobody-knows'
const ACCOUNT = 'system:serviceaccount:stella:stella-watch'
const APPLY = ['apply', '--server-side', '--validate=strict']
const SERVER_PORT = 8137
/** What the guide says that the agent lives in. */
const WATCH_BYTES = 130 * MIB

interface EventSeen {
  metadata: { name: string; creationTimestamp: string; annotations?: Record<string, string> }
  regarding: { name: string; fieldPath?: string }
  reason: string
  note: string
  series?: { count: number }
  reportingController: string
}

describe.skipIf(
  requireParts('root', 'cgroup-v1', 'kmsg', 'compiler', 'kubernetes', 'namespaces') !== null,
)('what deploy/kubernetes makes of a cluster of Kubernetes 1.34', () => {
  let cluster: TestCluster
  let folder = ''

  beforeAll(async () => {
    folder = mkdtempSync(join(testbedFolder('kubernetes-agent'), 'data-'))
    cluster = await startCluster()
    const { images } = parse(readFileSync(join(MANIFESTS, 'kustomization.yaml'), 'utf8'))
    const [{ newName, newTag }] = images
    cluster.load(await stellaArchive(folder, `${newName}:${newTag}`))
    cluster.kubectl('create', 'namespace', 'stella')
    const secret = ['create', 'secret', 'generic', 'stella-token']
    cluster.kubectl('-n', 'stella', ...secret, `--from-literal=token=${TOKEN}`)
    cluster.apply(volume('stella-serve'))
    cluster.kubectl(...APPLY, '-k', MANIFESTS)
    for (const made of ['statefulset/stella-serve', 'daemonset/stella-watch']) {
      cluster.kubectl('-n', 'stella', 'rollout', 'status', made, '--timeout=50s')
    }
  }, 180_000)

  afterAll(async () => {
    await cluster?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Nothing makes volumes in this cluster: a folder of its node. */
  function volume(name: string): object {
    const path = `/var/lib/${name}`
    run([...cluster.onNode, 'mkdir', path])
    const node = { key: 'kubernetes.io/hostname', operator: 'In', values: [cluster.nodeName] }
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        capacity: { storage: '4Gi' },
        accessModes: ['ReadWriteOnce'],
        local: { path },
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [node] }] } },
      },
    }
  }

  /** The kubeconfig of an account with a token as a pod of this node has it. */
  function kubeconfigOf(account: string): string {
    const bound = ['--bound-object-kind=Node', `--bound-object-name=${cluster.nodeName}`]
    const token = cluster.kubectl('create', 'token', account, '-n', 'stella', ...bound).trim()
    const config = JSON.parse(cluster.kubectl('config', 'view', '--raw', '--minify', '-o', 'json'))
    config.users = [{ name: config.users[0].name, user: { token } }]
    const kubeconfig = join(folder, `${account}.json`)
    writeFileSync(kubeconfig, JSON.stringify(config))
    return kubeconfig
  }

  const inStella = (...args: string[]): string => cluster.kubectl('-n', 'stella', ...args)
  const agentSays = (): string => inStella('logs', 'daemonset/stella-watch')
  const podsOfTheAgent = (): unknown[] => {
    const pods = cluster.get('-n', 'stella', 'pods', '-l', 'app.kubernetes.io/name=stella-watch')
    return listField(pods, 9, 'items')
  }

  /** Services have no names in this cluster, and nothing leads to them. */
  function serverUrl(): string {
    const pod = cluster.get('-n', 'stella', 'pod', 'stella-serve-0')
    return `http://${textField(pod, 'status', 'podIP')}:${SERVER_PORT}`
  }

  /** Names of the subjects of the cases that the server was sent. */
  function delivered(): (string | null)[] {
    const header = `authorization: Bearer ${TOKEN}`
    const ask = ['curl', '--silent', '--show-error', '--header', header]
    const answer = run([...cluster.onNode, ...ask, `${serverUrl()}/api/cases`])
    return listField(JSON.parse(answer), 500, 'cases').map((one) =>
      textField(one, 'subject', 'name'),
    )
  }

  /** A pod whose container takes more than it may have. */
  function start(name: string, restartPolicy: 'Always' | 'Never'): void {
    const memory = { limits: { memory: '48Mi' } }
    const image = podImage()
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: {
        restartPolicy,
        terminationGracePeriodSeconds: 0,
        containers: [
          { name: 'beside', image, args: ['hog', 'anon=4M', 'stay'], resources: memory },
          { name: 'app', image, args: ['hog', 'anon=100M', 'stay'], resources: memory },
        ],
      },
    })
  }

  /** Of the container of a pod that dies; as a runtime names it. */
  function containerId(pod: string): string | undefined {
    const statuses = listField(cluster.get('pod', pod), 9, 'status', 'containerStatuses')
    const app = statuses.find((one) => textField(one, 'name') === 'app')
    return textField(app, 'containerID')?.split('//')[1]
  }

  function eventsOf(pod: string): EventSeen[] {
    const { items }: { items: EventSeen[] } = JSON.parse(
      cluster.kubectl('get', 'events.events.k8s.io', '-o', 'json'),
    )
    return items.filter(
      ({ regarding, reportingController }) =>
        regarding.name === pod && reportingController === 'stella.dev/agent',
    )
  }

  it('is applied to the last field, and what is no field is refused', () => {
    const applied = cluster.kubectl(...APPLY, '-k', MANIFESTS)
    expect(applied.trimEnd().split('\n').length).toBeGreaterThanOrEqual(12)
    const wrong = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x', nmae: 'x' } }
    const file = join(folder, 'wrong.json')
    writeFileSync(file, JSON.stringify(wrong))
    expect(cluster.tryKubectl(...APPLY, '-f', file).stderr).toContain('nmae')
  })

  it('may do what its table of rights says, and nothing else', () => {
    const file = join(folder, 'review.json')
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectRulesReview',
      spec: { namespace: 'default' },
    }
    writeFileSync(file, JSON.stringify(review))
    const asked = ['create', '--validate=false', '-f', file, '-o', 'json', '--as', ACCOUNT]
    const groups = ['--as-group=system:serviceaccounts', '--as-group=system:authenticated']
    const answer: unknown = JSON.parse(cluster.kubectl(...asked, ...groups))
    // Whoever is let in may ask who he is and what he may.
    const own = listField(answer, 99, 'status', 'resourceRules').filter(
      (rule) => !/SelfSubject|selfsubject/.test(JSON.stringify(rule)),
    )
    expect(own).toHaveLength(2)
    expect(own).toEqual(
      expect.arrayContaining([
        { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
        { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
      ]),
    )
  })

  it('tells a kill to its pod within seconds', async () => {
    start('cart-0', 'Never')
    await until('there is an Event', () => eventsOf('cart-0').length > 0, 20_000)
    const [event] = eventsOf('cart-0')
    expect(event).toMatchObject({
      reason: 'MemoryLimitReached',
      regarding: { fieldPath: 'spec.containers{app}' },
      note: expect.stringMatching(/default\/cart-0\/app reached its own memory limit of 48 MiB/),
    })
    const told: unknown = JSON.parse(event?.metadata.annotations?.['stella.dev/case'] ?? 'null')
    expect(told).toMatchObject({
      schema: 'stella.event/1',
      code: 'oom-own-limit',
      container: 'app',
      constraint: 'memcg',
      limitBytes: 48 * MIB,
      victims: [{ name: 'hog' }],
    })
    // Not how fast, but that it is no matter of minutes.
    const killedAt = Date.parse(textField(told, 'at') ?? '')
    const writtenAt = Date.parse(event?.metadata.creationTimestamp ?? '')
    expect(writtenAt - killedAt).toBeLessThan(10_000)
    expect(cluster.kubectl('describe', 'pod', 'cart-0')).toMatch(
      /Warning +MemoryLimitReached .* stella\.dev\/agent/,
    )
    expect(agentSays()).toContain('kubernetes default/cart-0/app')
  })

  it('lets somebody at another machine be certain', () => {
    const why = ['why', 'k8s:default/cart-0', '--json', '--kubeconfig', cluster.kubeconfig]
    const { stdout } = runElsewhere(why)
    const found: unknown = JSON.parse(stdout)
    expect(found).toMatchObject({
      subject: { name: 'default/cart-0/app' },
      verdict: { code: 'oom-own-limit', confidence: 'certain' },
    })
    const sources = listField(found, 99, 'evidence').map((one) => textField(one, 'source'))
    expect(new Set(sources)).toEqual(new Set(['kubernetes']))
  })

  it('keeps what no server took, and a new pod of the agent delivers it', async () => {
    expect(agentSays()).toContain('cases are kept here and sent later')
    const before = podsOfTheAgent().map((pod) => textField(pod, 'metadata', 'name'))
    const { spec }: { spec: { template: { spec: { containers: { args: string[] }[] } } } } =
      JSON.parse(inStella('get', 'daemonset', 'stella-watch', '-o', 'json'))
    const value = spec.template.spec.containers[0]?.args.map((word) =>
      word === 'http://stella-serve' ? serverUrl() : word,
    )
    const path = '/spec/template/spec/containers/0/args'
    const patch = ['--type=json', '-p', JSON.stringify([{ op: 'replace', path, value }])]
    inStella('patch', 'daemonset', 'stella-watch', ...patch)
    await expect.poll(delivered, { timeout: 40_000 }).toContain('default/cart-0/app')
    const after = podsOfTheAgent().map((pod) => textField(pod, 'metadata', 'name'))
    expect(after).not.toEqual(before)
    expect(eventsOf('cart-0').map(({ series }) => series)).toEqual([undefined])
  })

  it('lives in what the guide says', () => {
    const [pod] = podsOfTheAgent()
    const group = `burstable/pod${textField(pod, 'metadata', 'uid')}`
    const root = `/sys/fs/cgroup/memory${cluster.kubeletCgroupRoot}/kubepods`
    const most = Number(readFileSync(`${root}/${group}/memory.max_usage_in_bytes`, 'utf8'))
    expect(most).toBeLessThan(WATCH_BYTES)
  })

  it('tells a crash loop as one Event that counts, which outlives its pod', async () => {
    start('loop-0', 'Always')
    const counted = () => eventsOf('loop-0').some(({ series }) => (series?.count ?? 0) >= 2)
    await until('the Event counts', counted, 40_000)
    cluster.kubectl('delete', 'pod', 'loop-0', '--now')
    expect(eventsOf('loop-0')).toHaveLength(1)
    expect(cluster.kubectl('events', '--for', 'pod/loop-0')).toContain('MemoryLimitReached')
  })

  it.each([
    ['another node', { reportingInstance: 'node-9' }, 'speaks for its own node alone'],
    ['the kubelet', { reportingController: 'kubelet' }, 'Events of its own about pods alone'],
  ])('is not let speak for %s', (_, change, says) => {
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'false', namespace: 'default' },
      regarding: { kind: 'Pod', namespace: 'default', name: 'cart-0' },
      eventTime: '2026-05-01T00:00:00.000000Z',
      type: 'Warning',
      reason: 'Test',
      action: 'Test',
      reportingController: 'stella.dev/agent',
      reportingInstance: cluster.nodeName,
    }
    const path = join(folder, 'event.json')
    const asAgent = ['--kubeconfig', kubeconfigOf('stella-watch')]
    const create = (body: object) => {
      writeFileSync(path, JSON.stringify(body))
      return cluster.tryKubectl('create', '-f', path, ...asAgent)
    }
    expect(create({ ...event, ...change }).stderr).toContain(says)
    const name = `true-${Object.keys(change)[0]?.toLowerCase()}`
    const good = create({ ...event, metadata: { ...event.metadata, name } })
    expect(good).toMatchObject({ status: 0 })
  })

  it('without a right goes on with what the group tells, and says which right is missing', async () => {
    const kubeconfig = kubeconfigOf('stella-serve')
    const poor = await startWatching(join(folder, 'poor'), [
      ...['--node', cluster.nodeName, '--events', 'kubernetes', '--kubeconfig', kubeconfig],
    ])
    try {
      start('poor-0', 'Never')
      await until('its kill is known by name', () => eventsOf('poor-0').length > 0)
      const id = containerId('poor-0')
      const entry = await poor.sees('the kill', ({ case: one }) => one?.subject.id === id)
      expect(entry.case).toMatchObject({
        subject: { platform: 'kubernetes', name: null },
        verdict: { code: 'oom-own-limit' },
      })
      // Whoever asks has to be loaded first, and that may take longer than the kill.
      await expect
        .poll(() => poor.err, { timeout: 20_000 })
        .toMatch(/pods of node-1 are not known by name: a right is missing: list/)
    } finally {
      await poor.kill()
    }
  })
})

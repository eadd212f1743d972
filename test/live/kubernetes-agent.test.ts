import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listField, textField } from '../../src/parsers/json-fields.ts'
import { podImage, startCluster } from '../support/cluster.ts'
import type { TestCluster } from '../support/cluster.ts'
import { requireParts } from '../support/parts.ts'
import { startServing } from '../support/serving.ts'
import type { Serving } from '../support/serving.ts'
import { testbedFolder, until } from '../support/testbed.ts'
import { startWatching } from '../support/watching.ts'
import type { Watching } from '../support/watching.ts'

const MANIFESTS = fileURLToPath(new URL('../../deploy/kubernetes', import.meta.url))
const TOKEN = 'a-token-that-nobody-knows'
const ACCOUNT = 'system:serviceaccount:stella:stella-watch'
const APPLY = ['apply', '--server-side', '--validate=strict']

interface EventSeen {
  metadata: { name: string; annotations?: Record<string, string> }
  regarding: { name: string; fieldPath?: string }
  reason: string
  note: string
  series?: { count: number }
  reportingController: string
}

describe.skipIf(requireParts('root', 'kmsg', 'compiler', 'kubernetes') !== null)(
  'the watch on a node of Kubernetes 1.34',
  () => {
    let cluster: TestCluster
    let folder = ''
    let server: Serving
    let agent: Watching

    beforeAll(async () => {
      folder = mkdtempSync(join(testbedFolder('kubernetes-agent'), 'data-'))
      cluster = await startCluster()
      cluster.kubectl('create', 'namespace', 'stella')
      cluster.kubectl(...APPLY, '-k', MANIFESTS)
      writeFileSync(join(folder, 'token'), TOKEN)
      server = await startServing(join(folder, 'server'), [
        ...['--no-watch', '--token-file', join(folder, 'token')],
      ])
      agent = await watchAs('agent', 'stella-watch', [
        ...['--to', server.url, '--token-file', join(folder, 'token')],
      ])
    }, 180_000)

    afterAll(async () => {
      await agent?.kill()
      await server?.kill()
      await cluster?.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    /** The watch as the DaemonSet runs it, with a token of an account as a pod of this node has it. */
    async function watchAs(name: string, account: string, args: string[]): Promise<Watching> {
      const bound = ['--bound-object-kind=Node', `--bound-object-name=${cluster.nodeName}`]
      const token = cluster.kubectl('create', 'token', account, '-n', 'stella', ...bound).trim()
      const config = JSON.parse(
        cluster.kubectl('config', 'view', '--raw', '--minify', '-o', 'json'),
      )
      config.users = [{ name: config.users[0].name, user: { token } }]
      const kubeconfig = join(folder, `${name}.json`)
      writeFileSync(kubeconfig, JSON.stringify(config))
      return startWatching(join(folder, name), [
        ...['--node', cluster.nodeName, '--events', 'kubernetes', '--kubeconfig', kubeconfig],
        ...args,
      ])
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

    it('tells a kill to its pod within seconds, and to the server', async () => {
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
        limitBytes: 48 * 1024 * 1024,
        victims: [{ name: 'hog' }],
      })
      const entry = await agent.sees(
        'the kill, with its name',
        ({ case: one }) => one?.subject.name === 'default/cart-0/app',
      )
      const killedAt = Date.parse(entry.case?.at ?? '')
      expect(textField(told, 'case')).toBe(entry.case?.id)
      // Not how fast, but that it is no matter of minutes.
      expect(Date.parse(entry.at) - killedAt).toBeLessThan(10_000)
      expect(cluster.kubectl('describe', 'pod', 'cart-0')).toMatch(
        /Warning +MemoryLimitReached .* stella\.dev\/agent/,
      )

      const headers = { authorization: `Bearer ${TOKEN}` }
      const names = async (): Promise<(string | null)[]> =>
        listField(await server.json('/api/cases', { headers }), 500, 'cases').map((one) =>
          textField(one, 'subject', 'name'),
        )
      await expect.poll(names, { timeout: 20_000 }).toContain('default/cart-0/app')
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
      const asAgent = ['--kubeconfig', join(folder, 'agent.json')]
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
      const poor = await watchAs('poor', 'stella-serve', [])
      try {
        start('poor-0', 'Never')
        const known = await agent.sees(
          'the kill, with its name',
          ({ case: one }) => one?.subject.name === 'default/poor-0/app',
        )
        const id = known.case?.subject.id
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
  },
)

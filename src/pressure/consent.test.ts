import { describe, expect, it } from 'vitest'
import { refuseForeign } from './consent.ts'
import type { Naming } from './consent.ts'

const ID = '4f'.repeat(32)
const WEB: Naming = {
  named: 'docker:web',
  name: 'web',
  path: `/docker/${ID}`,
  image: 'web:1',
  labels: {},
  env: [],
  hostName: 'build-7',
  ownPath: '/user.slice/session-1.scope',
}

describe('whose memory may be pressed', () => {
  it('somebody has to say that it is theirs', () => {
    expect(() => refuseForeign(WEB, false)).toThrow('is not known to be yours')
    expect(() => refuseForeign(WEB, true)).not.toThrow()
  })

  it.each<Partial<Naming>>([
    { labels: { 'stella.pressure': 'allow' } },
    { name: 'stella-lab-leak-1' },
    { name: '/stella-test-7/inner', path: '/stella-test-7/inner' },
  ])('%j needs no word', (own) => {
    expect(() => refuseForeign({ ...WEB, ...own }, false)).not.toThrow()
  })

  it.each<Partial<Naming>>([
    { labels: { 'stella.pressure': 'no' } },
    { name: 'my-stella-lab-1' },
    { name: 'stella-labour' },
  ])('%j is no word of its owner', (other) => {
    expect(refusalOf({ ...WEB, ...other }, false)?.todo).toContain('--i-own-this')
  })

  it.each<Partial<Naming>>([
    { name: 'web-prod' },
    { name: 'prod2_web' },
    { name: 'stella-lab-production' },
    { path: `/prod.slice/docker-${ID}.scope` },
    { image: 'registry.local/prd/web:1' },
    { hostName: 'node3.prod.example.org' },
    { labels: { env: 'production' } },
    { labels: { 'com.example.environment': 'prod' } },
    { labels: { 'com.docker.compose.project': 'shop-prod' } },
    { env: ['APP_ENV=production'] },
  ])('%j looks like production, and no word helps', (sign) => {
    const refusal = refusalOf({ ...WEB, ...sign }, true)
    expect(refusal).toMatchObject({ exitCode: 2, refusal: 'forbidden' })
    expect(refusal?.message).toContain('looks like production')
  })

  it.each<Partial<Naming>>([
    { name: 'product-search' },
    { name: 'reproducer' },
    { labels: { env: 'staging', title: 'production quality' } },
    // How it was built, not where it runs.
    { env: ['NODE_ENV=production', 'PATH=/opt/prod/bin'] },
  ])('%j does not', (harmless) => {
    expect(() => refuseForeign({ ...WEB, ...harmless }, true)).not.toThrow()
  })

  it.each(['/', '/docker', '/system.slice', '/user.slice', '/kubepods', '/kubepods.slice'])(
    '%s holds more than one workload',
    (path) => {
      expect(refusalOf({ ...WEB, path }, true)?.message).toContain('more than one workload')
    },
  )

  it('a pod is the business of the kubelet', () => {
    const path = `/kubepods/burstable/podba6ab7cc-6a04-4d26-b4ea-c9f2b4ae8a8c/${ID}`
    expect(refusalOf({ ...WEB, path }, true)?.message).toContain('is a pod')
  })

  it('stella watches from outside', () => {
    expect(refusalOf({ ...WEB, ownPath: WEB.path }, true)?.message).toContain('this stella')
    expect(refusalOf({ ...WEB, ownPath: `${WEB.path}/inner` }, true)).not.toBeNull()
  })
})

function refusalOf(
  naming: Naming,
  consent: boolean,
): (Error & { exitCode?: number; todo?: string }) | null {
  try {
    refuseForeign(naming, consent)
    return null
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

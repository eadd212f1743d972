import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cgroupAncestors,
  cgroupRelation,
  describeCgroupPath,
  normaliseCgroupPath,
} from './cgroup-path.ts'

const A = 'a1'.repeat(32)
const B = 'b2'.repeat(32)
const POD = '3f1c2d4e-0a1b-4c2d-8e3f-001122334455'
const POD_ = POD.replaceAll('-', '_')

describe('the container a cgroup belongs to', () => {
  it.each([
    ['Docker, cgroupfs driver', `/docker/${A}`, A, 'docker', `/docker/${A}`],
    ['Docker, systemd driver', `/system.slice/docker-${A}.scope`, A, 'docker', null],
    [
      'Docker, rootless',
      `/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${A}.scope`,
      A,
      'docker',
      null,
    ],
    ['Docker, systemd driver asked of cgroupfs', `/system.slice:docker:${A}`, A, 'docker', null],
    ['Docker with --cgroup-parent', `/jobs/build/${A}`, A, null, `/jobs/build/${A}`],
    ['Docker with systemd inside', `/docker/${A}/init.scope`, A, 'docker', `/docker/${A}`],
    ['Podman, systemd', `/machine.slice/libpod-${A}.scope`, A, 'podman', null],
    [
      'Podman 4 with the inner group',
      `/machine.slice/libpod-${A}.scope/container`,
      A,
      'podman',
      `/machine.slice/libpod-${A}.scope`,
    ],
    ['Podman, cgroupfs', `/libpod_parent/libpod-${A}`, A, 'podman', null],
    [
      'Podman, rootless',
      `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${A}.scope`,
      A,
      'podman',
      null,
    ],
    ['Podman, a Quadlet unit', `/system.slice/web.service/libpod-payload-${A}`, A, 'podman', null],
    ['containerd, ctr or k3s', `/k8s.io/${A}`, A, 'containerd', null],
    ['nerdctl', `/system.slice/nerdctl-${A}.scope`, A, 'containerd', null],
    ['ECS on Docker', `/ecs/9f8e7d6c5b4a39281706f5e4d3c2b1a0/${A}`, A, 'docker', null],
    ['Mesos', `/mesos/${POD}`, POD, 'mesos', null],
    [
      'a Mesos pod task',
      `/mesos/9d0c2d4e-0a1b-4c2d-8e3f-001122334455/mesos/${POD}`,
      POD,
      'mesos',
      null,
    ],
    ['LXC', '/lxc/104', '104', 'lxc', '/lxc/104'],
    [
      'Proxmox, below its ns group',
      '/lxc/104/ns/system.slice/nginx.service',
      '104',
      'lxc',
      '/lxc/104',
    ],
    ['LXC 4', '/lxc.payload.web', 'web', 'lxc', null],
    ['Garden', '/garden/5c4b', '5c4b', 'garden', null],
  ])('%s', (_name, path, id, engine, containerPath) => {
    const found = describeCgroupPath(path)
    expect([found.containerId, found.engine]).toEqual([id, engine])
    if (containerPath !== null) expect(found.containerPath).toBe(containerPath)
    expect(found.podUid).toBeNull()
  })

  it('names every container on the way where containers are nested, the innermost as the answer', () => {
    const found = describeCgroupPath(`/lxc/104/ns/docker/${A}/docker/${B}`)
    expect(found.containers).toEqual([
      { id: '104', engine: 'lxc', path: '/lxc/104' },
      { id: A, engine: 'docker', path: `/lxc/104/ns/docker/${A}` },
      { id: B, engine: 'docker', path: `/lxc/104/ns/docker/${A}/docker/${B}` },
    ])
    expect(found.containerId).toBe(B)
  })

  it.each([
    ['Podman', `/machine.slice/libpod-conmon-${A}.scope`, A],
    ['CRI-O', `/system.slice/crio-conmon-${A}.scope`, A],
  ])('does not take the monitor of %s for the container', (_name, path, id) => {
    const found = describeCgroupPath(path)
    expect(found.containerId).toBeNull()
    expect(found.helperOf).toBe(id)
  })

  it.each([
    '/',
    '/app',
    '/system.slice/redis.service',
    '/docker',
    '/kubepods/burstable',
    '/ltp/test-1',
  ])('names no container in %s', (path) => {
    expect(describeCgroupPath(path).containerId).toBeNull()
  })
})

describe('the pod a cgroup belongs to', () => {
  it.each([
    ['cgroupfs', `/kubepods/burstable/pod${POD}/${A}`, 'Burstable', null],
    ['cgroupfs, guaranteed', `/kubepods/pod${POD}/${A}`, 'Guaranteed', null],
    [
      'cgroupfs, best effort, CRI-O',
      `/kubepods/besteffort/pod${POD}/crio-${A}`,
      'BestEffort',
      'cri-o',
    ],
    [
      'systemd, containerd',
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice/cri-containerd-${A}.scope`,
      'Burstable',
      'containerd',
    ],
    [
      'systemd, guaranteed, CRI-O',
      `/kubepods.slice/kubepods-pod${POD_}.slice/crio-${A}.scope`,
      'Guaranteed',
      'cri-o',
    ],
    [
      'systemd, Docker',
      `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${POD_}.slice/docker-${A}.scope`,
      'BestEffort',
      'docker',
    ],
    [
      'containerd without SystemdCgroup',
      `/system.slice/containerd.service/kubepods-burstable-pod${POD_}.slice:cri-containerd:${A}`,
      'Burstable',
      'containerd',
    ],
    [
      'kind',
      `/docker/${B}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${POD_}.slice/cri-containerd-${A}.scope`,
      'Burstable',
      'containerd',
    ],
  ])('%s', (_name, path, qosClass, engine) => {
    const found = describeCgroupPath(path)
    expect(found).toMatchObject({ podUid: POD, qosClass, containerId: A, engine })
  })

  it('knows the group of the pod itself, whose limit is shared by its containers', () => {
    const slice = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${POD_}.slice`
    expect(describeCgroupPath(`${slice}/cri-containerd-${A}.scope`).podPath).toBe(slice)
    expect(describeCgroupPath(slice)).toMatchObject({
      podUid: POD,
      podPath: slice,
      containerId: null,
    })
  })

  it('keeps the hash that a static pod has instead of a UID', () => {
    const hash = '0123456789abcdef0123456789abcdef'
    expect(describeCgroupPath(`/kubepods/burstable/pod${hash}/${A}`).podUid).toBe(hash)
  })
})

it('names the systemd unit of a path that is no container', () => {
  expect(describeCgroupPath('/system.slice/redis.service').unit).toBe('redis.service')
  expect(
    describeCgroupPath('/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.service')
      .unit,
  ).toBe('run-u7.service')
  expect(describeCgroupPath(`/system.slice/docker-${A}.scope`).unit).toBeNull()
})

describe('how two groups stand to each other', () => {
  it.each([
    ['/a/b', '/a/b/', 'same'],
    ['/a', '/a/b', 'ancestor'],
    ['/', '/a', 'ancestor'],
    ['/a/b', '/a', 'descendant'],
    ['/a', '/ab', 'apart'],
  ] as const)('%s is to %s: %s', (path, other, relation) => {
    expect(cgroupRelation(path, other)).toBe(relation)
  })

  it('walks up to the root', () => {
    expect(cgroupAncestors('/a/b/c')).toEqual(['/a/b', '/a', '/'])
    expect(cgroupAncestors('/')).toEqual([])
  })

  it('holds for any path: each ancestor is one, and the description never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }), (parts) => {
        const path = normaliseCgroupPath(parts.join('/'))
        for (const above of cgroupAncestors(path)) {
          expect(cgroupRelation(above, path)).toBe('ancestor')
        }
        expect(describeCgroupPath(path).path).toBe(path)
      }),
    )
  })
})

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../lib/cache.ts'

/** The programs of a cluster, and the package that each is built from; their versions stand in go.mod. */
export const PROGRAMS = [
  { name: 'kubelet', from: 'k8s.io/kubernetes/cmd/kubelet' },
  { name: 'kube-apiserver', from: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kube-controller-manager', from: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  { name: 'kube-scheduler', from: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  { name: 'kubectl', from: 'k8s.io/kubernetes/cmd/kubectl' },
  { name: 'etcd', from: 'go.etcd.io/etcd/server/v3' },
] as const

export type ProgramName = (typeof PROGRAMS)[number]['name']

/** `v1.34.4` */
export const KUBERNETES_VERSION = versionIn(
  readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8'),
)

/** Where `build.ts` puts a program. */
export function kubernetesProgram(name: ProgramName): string {
  return join(cacheFolder('kubernetes', KUBERNETES_VERSION), name)
}

/** Those that have not been built here. */
export function missingKubernetesPrograms(): ProgramName[] {
  return PROGRAMS.map(({ name }) => name).filter((name) => !existsSync(kubernetesProgram(name)))
}

function versionIn(module: string): string {
  const [, version] = /\bk8s\.io\/kubernetes (v\S+)/.exec(module) ?? []
  if (version === undefined) throw new Error('go.mod names no version of Kubernetes')
  return version
}

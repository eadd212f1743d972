/** etcd, the API server, and those that act on what it holds. */
import type { Identities } from './identities.ts'
import { writeKubeconfig } from './identities.ts'
import { NODE_ADDRESS, SERVICE_ADDRESS } from './space.ts'
import type { NodeSpace } from './space.ts'
import { join } from 'node:path'
import { kubernetesProgram } from '../../../scripts/kubernetes/programs.ts'

/** Also where the service `kubernetes` leads. */
export const API_PORT = 443

export interface ControlPlaneOptions {
  /** `NAME=true,…` */
  featureGates: string
}

export function startControlPlane(
  space: NodeSpace,
  identities: Identities,
  { featureGates }: ControlPlaneOptions,
): void {
  const gates = featureGates === '' ? [] : [`--feature-gates=${featureGates}`]
  // What is written is thrown away with the cluster: nothing has to reach the disk.
  space.start('etcd', [
    kubernetesProgram('etcd'),
    ...[`--data-dir=${join(space.folder, 'etcd')}`, '--unsafe-no-fsync', '--log-level=warn'],
  ])
  space.start('kube-apiserver', [
    kubernetesProgram('kube-apiserver'),
    ...apiServerFlags(identities),
    ...gates,
  ])
  space.start('kube-controller-manager', [
    kubernetesProgram('kube-controller-manager'),
    `--kubeconfig=${memberConfig(space, identities, 'system:kube-controller-manager')}`,
    `--service-account-private-key-file=${identities.tokens.key}`,
    `--root-ca-file=${identities.authority.certificate}`,
    ...['--use-service-account-credentials', '--leader-elect=false', '--profiling=false'],
    ...gates,
  ])
  space.start('kube-scheduler', [
    kubernetesProgram('kube-scheduler'),
    `--kubeconfig=${memberConfig(space, identities, 'system:kube-scheduler')}`,
    ...['--leader-elect=false', '--profiling=false'],
    ...gates,
  ])
}

/** A kubeconfig for a program of the cluster: inside its network, or beside it. */
export function memberConfig(
  space: NodeSpace,
  identities: Identities,
  name: string,
  group?: string,
  address = '127.0.0.1',
): string {
  const path = join(space.folder, `${name.replaceAll(':', '-')}.kubeconfig`)
  const server = `https://${address}:${API_PORT}`
  return writeKubeconfig(path, server, identities.authority, identities.client(name, group))
}

function apiServerFlags(identities: Identities): string[] {
  const serving = identities.server('kube-apiserver', [
    'IP:127.0.0.1',
    `IP:${NODE_ADDRESS}`,
    `IP:${SERVICE_ADDRESS}`,
    'DNS:kubernetes.default.svc',
  ])
  const toKubelet = identities.client('kube-apiserver-kubelet-client', 'system:masters')
  const toOthers = identities.client('front-proxy-client')
  return [
    '--etcd-servers=http://127.0.0.1:2379',
    '--bind-address=0.0.0.0',
    `--secure-port=${API_PORT}`,
    `--advertise-address=${NODE_ADDRESS}`,
    `--tls-cert-file=${serving.certificate}`,
    `--tls-private-key-file=${serving.key}`,
    `--client-ca-file=${identities.authority.certificate}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${identities.tokens.certificate}`,
    `--service-account-signing-key-file=${identities.tokens.key}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    `--kubelet-certificate-authority=${identities.authority.certificate}`,
    `--kubelet-client-certificate=${toKubelet.certificate}`,
    `--kubelet-client-key=${toKubelet.key}`,
    '--kubelet-preferred-address-types=InternalIP',
    // APIs that others serve: without a kube-proxy they are reached at their endpoints.
    '--enable-aggregator-routing=true',
    `--proxy-client-cert-file=${toOthers.certificate}`,
    `--proxy-client-key-file=${toOthers.key}`,
    `--requestheader-client-ca-file=${identities.authority.certificate}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--allow-privileged',
    '--profiling=false',
  ]
}

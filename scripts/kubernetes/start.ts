/**
 * Starts a real cluster of one node and keeps it until Ctrl-C: `sudo node scripts/kubernetes/start.ts [ALLOCATABLE-MIB]`.
 * Says how to reach it, and the image with the program that takes memory.
 */
import { once } from 'node:events'
import { podImage, startCluster } from '../../test/support/cluster.ts'
import { MIB } from '../../src/model/bytes.ts'
import { kubernetesProgram } from './programs.ts'

const [mebibytes] = process.argv.slice(2)
const cluster = await startCluster(
  mebibytes === undefined ? {} : { allocatableBytes: Number(mebibytes) * MIB },
)
console.log(`export KUBECONFIG=${cluster.kubeconfig}
kubectl  ${kubernetesProgram('kubectl')}
image    ${podImage()}   (args: hog anon=64M stay; see test/support/hog.c)
cgroups  ${cluster.kubeletCgroupRoot}/kubepods
logs     ${cluster.folder}
on node  ${cluster.onNode.join(' ')} COMMAND`)
const alive = setInterval(() => {}, 60_000)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
clearInterval(alive)
await cluster.stop()

import type { PodContainer, PodContainerState, PodState } from '../../model/cluster.ts'

import { formatBytes } from '../../model/bytes.ts'

/** One sentence: the pod's own reason where it has one, else what its containers ended with. */
export function describePod(pod: PodState): string {
  const subject = `Pod ${pod.namespace}/${pod.name}`
  if (pod.reason !== null) {
    const why = pod.message === null ? '' : `: ${pod.message.slice(0, 300)}`
    return `${subject} is ${pod.phase ?? 'in an unknown phase'}, reason ${pod.reason}${why}`
  }
  const ends = pod.containers.flatMap(describeEnd)
  const phase = pod.phase === null ? 'has an unknown phase' : `is ${pod.phase}`
  return [`${subject} ${phase}`, ...ends, ...describeResize(pod)].join('; ')
}

function describeResize({ resize }: PodState): string[] {
  if (resize === undefined) return []
  const why = [resize.reason, resize.message].filter((word) => word !== null).join(': ')
  const state = resize.state === 'pending' ? 'waits' : 'is under way'
  return [`a resize in place ${state}${why === '' ? '' : ` (${why.slice(0, 300)})`}`]
}

function describeEnd(container: PodContainer): string[] {
  const ended = [container.state, container.lastState].find(
    (state): state is PodContainerState => state?.phase === 'terminated',
  )
  if (ended === undefined) return []
  const limit =
    container.memoryLimitBytes === null
      ? ''
      : `, memory limit ${formatBytes(container.memoryLimitBytes)}`
  const restarts = container.restartCount ? `, ${container.restartCount} restarts` : ''
  const role = container.role === 'main' ? '' : `${container.role} `
  return [
    `${role}container ${container.name} ended with ${ended.reason ?? 'no reason'}` +
      `, exit code ${ended.exitCode ?? 'unknown'}${limit}${restarts}`,
  ]
}

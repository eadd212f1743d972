import { podNameOf, type Subject } from '../model/subject.ts'

/** The words of a pod for a command line, with a placeholder for each that nobody told. */
export function podInCommands(subject: Subject): {
  namespace: string
  pod: string
  container: string
} {
  const { namespace, pod, container } = podNameOf(subject)
  return {
    namespace: namespace ?? 'NAMESPACE',
    pod: pod ?? 'POD',
    container: container ?? 'CONTAINER',
  }
}

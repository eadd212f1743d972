import type { Place } from './place.ts'
import type { Mapping } from './value.ts'

/** An object of the Kubernetes API. */
export interface KubernetesObject {
  kind: string
  name: string
  namespace: string
  root: Mapping
  /** Its name, or its beginning. */
  place: Place
}

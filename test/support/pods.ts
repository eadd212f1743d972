/** A pod as the API server tells it, of which a test says what matters. */
export interface PodShape {
  name?: string
  uid?: string
  containers?: readonly string[]
  /** Ids of containers by their name, as far as the status tells them. */
  ids?: Readonly<Record<string, string>>
  /** The same of ended ones. */
  endedIds?: Readonly<Record<string, string>>
  metadata?: object
}

export const POD_UID = 'dfc253b9-c320-4d94-a8b4-1be260052a40'

export function podObject(shape: PodShape = {}): Record<string, unknown> {
  const { name = 'cart-0', uid = POD_UID, containers = ['app'], ids = {}, endedIds = {} } = shape
  return {
    metadata: { namespace: 'shop', name, uid, ...shape.metadata },
    spec: {
      nodeName: 'node-1',
      containers: containers.map((each) => ({
        name: each,
        image: `shop/${each}:1`,
        resources: { limits: { memory: '64Mi' } },
      })),
    },
    status: {
      phase: 'Running',
      containerStatuses: containers.map((each) => ({
        name: each,
        restartCount: 0,
        ...(ids[each] === undefined ? {} : { containerID: `containerd://${ids[each]}` }),
        ...(endedIds[each] === undefined
          ? {}
          : {
              lastState: {
                terminated: { exitCode: 137, containerID: `containerd://${endedIds[each]}` },
              },
            }),
      })),
    },
  }
}

/** The id of a container, made of one digit. */
export function containerId(digit: string): string {
  return digit.repeat(64)
}

export function podGroup(id: string | null, uid = POD_UID): string {
  return `/kubepods/burstable/pod${uid}${id === null ? '' : `/${id}`}`
}

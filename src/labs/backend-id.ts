export const BACKENDS = ['docker', 'podman', 'cgroup', 'files'] as const
/** Where the fault is made: containers, a bare memory group, or files alone. */
export type BackendId = (typeof BACKENDS)[number]

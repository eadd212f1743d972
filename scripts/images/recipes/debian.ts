import { DPKG_QUERY, debPackages } from '../managers.ts'
import type { Recipe } from '../image.ts'
import { growLayers } from '../rootfs.ts'
import type { Step } from '../rootfs.ts'

const SUITE = 'bookworm'
const MIRROR = 'http://deb.debian.org/debian'

/** What is there when nothing was installed yet. */
export const DEBIAN_BASE: Step = {
  says: `debootstrap --variant=minbase ${SUITE}`,
  async run(image) {
    await image.outside(
      `debootstrap --variant=minbase ${SUITE} "$ROOT" ${MIRROR} >/dev/null && rm -rf "$ROOT"/var/lib/apt/lists/* "$ROOT"/var/cache/apt/archives/*.deb`,
    )
    image.write('usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n')
    await image.outside('chmod 755 "$ROOT/usr/sbin/policy-rc.d"')
  },
}

/** Debian alone. */
export const DEBIAN_MIN: Recipe = {
  about: 'Debian 12, minbase',
  forms: ['oci', 'docker'],
  async make(folder) {
    let listed = ''
    const ask: Step = {
      says: 'nothing',
      run: async (image) => {
        listed = await image.inside(DPKG_QUERY)
      },
    }
    const [base] = await growLayers(folder, [DEBIAN_BASE, ask])
    if (base === undefined) throw new Error('there is no layer')
    return {
      layers: [base],
      truth: { packages: { deb: await debPackages(listed) }, by: { deb: 'dpkg-query' } },
    }
  },
}

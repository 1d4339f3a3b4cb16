import X from 'lucide-solid/icons/x'
import { IconButton } from '../../components/button.tsx'
import type { Probe } from '../../probe/create-probe.ts'
import { ProbeReport } from '../../probe/probe-report.tsx'
import type { PartnerDetails } from '../partners/partner-queries.ts'

/** The probe that was started here, until it is closed. The page asks about its host key. */
export const PartnerProbe = (props: { probe: Probe; ssh: PartnerDetails['ssh'] | null; onClose: () => void }) => (
  <section aria-labelledby="partner-probe" class="card mb-4 p-4">
    <div class="mb-2 flex items-center justify-between">
      <h2 id="partner-probe" class="font-semibold">
        Probe
      </h2>
      <IconButton label="Close the probe" onClick={props.onClose}>
        <X size={16} aria-hidden="true" />
      </IconButton>
    </div>
    <ProbeReport probe={props.probe} ssh={props.ssh} />
  </section>
)

/** What the host itself, and the SDKs that sign in, are told by variables that are not ours. */
export interface HostFacts {
  /** AZURE_AUTHORITY_HOST, which the identity SDK reads. */
  readonly authorityHost: string | undefined;
  /** AZURE_TENANT_ID; literally `adfs` where a stamp signs in with AD FS. */
  readonly tenantId: string | undefined;
  /** Plan of Azure Functions without a disk or a network drive of its own; undefined on every other host. */
  readonly serverless: 'Flex Consumption' | 'Consumption' | undefined;
}

const serverlessPlans: Readonly<Record<string, HostFacts['serverless']>> = {
  FlexConsumption: 'Flex Consumption',
  Dynamic: 'Consumption',
};

export function hostFactsOf(environment: Readonly<Record<string, string | undefined>>): HostFacts {
  const { AZURE_AUTHORITY_HOST: authorityHost, AZURE_TENANT_ID: tenantId, WEBSITE_SKU: plan = '' } = environment;
  return {
    authorityHost: authorityHost?.trim() || undefined,
    tenantId: tenantId?.trim().toLowerCase() || undefined,
    serverless: serverlessPlans[plan.trim()],
  };
}

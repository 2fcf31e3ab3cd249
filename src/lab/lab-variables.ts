import type { HostLayout, Layout } from "./layout.ts";

/**
 * The variables that commands in a lab get: LAB_HOSTS has all names with spaces between; LAB_ADDRESS4_B and LAB_ADDRESS6_B and so on each host's addresses; LAB_TARGET and LAB_TARGET6 those of the
 * target; LAB_NETWORK_B and so on the path of a host's network, which nsenter takes. LAB_HOST, the name of the host that a command runs in, is added for each. `networks`: the descriptors that hold the networks
 * in the first process of the lab.
 */
export function labVariables(layout: Layout, networks: Readonly<Record<string, number>>): Record<string, string> {
  const variables: Record<string, string> = { LAB_HOSTS: layout.hosts.map((host) => host.name).join(" ") };
  for (const { name, address4, address6 } of layout.hosts) {
    variables[`LAB_NETWORK_${name.toUpperCase()}`] = `/proc/1/fd/${networks[name]}`;
    variables[`LAB_ADDRESS4_${name.toUpperCase()}`] = address4;
    variables[`LAB_ADDRESS6_${name.toUpperCase()}`] = address6;
  }
  const target = targetOf(layout);
  return { ...variables, LAB_TARGET: target.address4, LAB_TARGET6: target.address6 };
}

/** Whom the first host talks to: b, the other end in every shape, or the last host where none is called so. */
export function targetOf(layout: Layout): HostLayout {
  return layout.hosts.find((host) => host.name === "b") ?? layout.hosts.at(-1)!;
}

// The filter that the server is asked with: what stands in the filter box, within the chosen project.
import { param } from "./address";
import { grouped } from "./filter/clause";

/** The filter's conditions stand first, so that a column which the server names is a column of the filter box. */
export function joinWhere(filter: string, project: string): string {
  if (project === "") return filter;
  const only = `run.project == ${JSON.stringify(project)}`;
  return filter.trim() === "" ? only : `${grouped(filter)} and ${only}`;
}

/** The filter of the address, with its project. */
export const whereOf = (): string => joinWhere(param("f"), param("p"));

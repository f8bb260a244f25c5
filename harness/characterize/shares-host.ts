import type { DriverName } from "../config/model.ts";

/** Whether nodes of this driver are on one host, where they would measure each other if they were measured at once. */
export const sharesHost = (driver: DriverName): boolean => driver === "container";

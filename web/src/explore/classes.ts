// Colour classes: the steps of a ramp, or categories, and grey for what has no colour.

/** How many steps a ramp of colours has; as many categories have a colour of their own. */
export const STEPS = 8;
export const NO_CLASS = 255;
/** Steps or categories, and one more for runs without a colour. */
export const CLASSES = STEPS + 1;

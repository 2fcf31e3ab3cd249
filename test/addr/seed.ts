/** The seed of the inputs. With another one, the goldens are written anew. */
export const SEED = 20_264_291;

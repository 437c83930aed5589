// The page. Models run in a worker, so that they never block it.

import { connect } from "./rnnrun/worker-client.js";
import { Shelf } from "./shelf.js";
import { review } from "./review.js";
import { shakespeare } from "./shakespeare.js";
import { theme } from "./theme.js";
import { verify } from "./verify.js";
import { voice } from "./voice.js";
import { words } from "./words.js";

const client = connect();
const shelf = new Shelf(client);

theme();
review(shelf);
words(shelf);
shakespeare(shelf);
voice(shelf, client);
verify(shelf);

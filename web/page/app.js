// The page. A worker computes, so that the page never waits.

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

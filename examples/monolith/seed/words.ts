/** Raw material for names. Umlauts, accents, quotes, commas and markup are in it because real data has them. */
const list = (text: string) => text.split('|').map((item) => item.trim());

export const materials = list('Oak|Steel|Linen|Copper|Cork|Wool|Glass|Bamboo|Enamel|Slate');
export const qualities = list('Classic|Folding|Heavy-duty|Slim|Rustic|Nordic|Compact|Crème|"Profi"|Größe L');

/** Top categories, each followed by its subcategories and what is sold in them. */
const categoryText = `
Kitchen
  Pots & Pans: Saucepan | Frying Pan | Stockpot
  Knives: Bread Knife | Paring Knife | Cleaver
  Baking: Rolling Pin | Cake Tin | Sieve
  Coffee & Tea: Teapot | Café Press | Mug
Garden
  Hand Tools: Spade | Rake | Trowel
  Watering: Watering Can | Hose | Sprinkler
  Furniture: Bench | Deck Chair | Side Table
  Planters: Planter | Flower Box | Trellis
Workshop
  Measuring: Folding Rule | Spirit Level | Calliper 6"
  Sawing: Hand Saw | Mitre Box | Fretsaw
  Fixings: Screws, 100 pcs | Wall Plugs, 50 pcs | Brackets
  Storage: Toolbox | Parts Bin | Peg Board
Living
  Lighting: Floor Lamp | Desk Lamp | Lantern
  Textiles: Blanket | Cushion | Curtain
  Shelves: Shelf | Bookcase | Magazine Rack
  Clocks: Wall Clock | Alarm Clock | Hourglass
Bath
  Towels: Bath Towel | Hand Towel | Flannel
  Fittings: Soap Dish | Towel Rail | Mirror
  Care: Brush | Comb | Shaving Bowl
  Laundry: Laundry Basket | Drying Rack | Clothes Pegs
Office
  Paper: Notebook | Sketch Pad | Envelopes, C5
  Writing: Fountain Pen | Pencil Set | Ruler
  Filing: Letter Tray | Box File | Index Cards
  Desks: Desk | Monitor Stand | Foot Rest
Outdoor
  Camping: Tent | Camp Stove | Lunch Box
  Bags: Rucksack | Shoulder Bag | Dry Bag
  Cycling: Saddle | Bell | Pannier
  Winter: Sledge | Snow Shovel | Hand Warmer
Kids
  Toys: Building Blocks | Spinning Top | Marble Run
  Games: Skittles | Chess Set | Jigsaw
  Small Furniture: Stool | Bunk Bed | Toy Chest
  School: Satchel | Pencil Case | Slate Board
`;

/** A category without `goods` is a top category; the others belong to the last one before them. */
export const categoryWords = categoryText
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', goods] = line.trim().split(': ');
    return goods === undefined ? { name } : { name, goods: list(goods) };
  });

export const sentences = list(
  `Made to last, and to be repaired.
  |Care: wipe with a damp cloth & let dry.
  |Suits indoor use <not outdoor>.
  |Für drinnen und draußen.
  |Delivered flat; assembly takes 20 minutes.
  |Each piece differs a little, as it is made by hand.
  |Spare parts are available, see the "Service" page.`,
);

export const firstNames = list(
  'Anna|Björn|Chloé|Dieter|Eva|Fatma|Günther|Hannah|Ines|Jürgen|Katrin|Łukasz|Maria|Noé|Olga|Peter|Renate|Søren|Tomás|Ute',
);
export const lastNames = list(
  "Müller|Schmidt|O'Brien|García|Novák|Weiß|Dubois|Rossi|Jensen|Kowalski|Schröder|van Dijk|Bauer|Fischer|Lefèvre|Huber|Koch|Öztürk|Lang|Svensson",
);
export const companies = list(
  'Müller & Söhne GmbH|Nordlicht KG|Hotel "Post"|Gärtnerei Bauer, Inh. E. Bauer|Café Dubois|Werkstatt 12|Kanzlei Weiß|Schule am See',
);
export const streets = list(
  'Hauptstraße|Am Markt|Rue de la Gare|Bahnhofstraße|Lindenallee|Calle Mayor|Kirchgasse|Ringweg|Storgade|Schloßplatz',
);
export const cities = [
  { country: 'DE', zip: '10115', city: 'Berlin' },
  { country: 'DE', zip: '80331', city: 'München' },
  { country: 'DE', zip: '50667', city: 'Köln' },
  { country: 'DE', zip: '20095', city: 'Hamburg' },
  { country: 'AT', zip: '1010', city: 'Wien' },
  { country: 'AT', zip: '5020', city: 'Salzburg' },
  { country: 'CH', zip: '8001', city: 'Zürich' },
  { country: 'FR', zip: '67000', city: 'Strasbourg' },
  { country: 'NL', zip: '1012 AB', city: 'Amsterdam' },
  { country: 'DK', zip: '1050', city: 'København' },
];

export const remarks = list(
  `Please ring twice.
  |Leave with the neighbour, Frau Weiß.
  |Deliver after 17:00, "not before"!
  |Gift: no prices on the slip, please.
  |Second delivery;\nthe first parcel was damaged.
  |Invoice to the company & copy to accounting <buchhaltung@example.com>.`,
);
export const cancelReasons = list('Customer changed their mind|Out of stock|Payment failed|Duplicate order');

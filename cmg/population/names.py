"""Names to draw from: common in France, with the accents, apostrophes and particles that break software."""

LAST_NAMES = (
    "Martin", "Bernard", "Thomas", "Petit", "Robert", "Richard", "Durand", "Dubois", "Moreau", "Laurent", "Simon",
    "Michel", "Lefèvre", "Leroy", "Roux", "David", "Bertrand", "Morel", "Fournier", "Girard", "Bonnet", "Dupont",
    "Lambert", "Fontaine", "Rousseau", "Vincent", "Müller", "Lefebvre", "Faure", "André", "Mercier", "Blanc",
    "Guérin", "Boyer", "Garnier", "Chevalier", "François", "Legrand", "Gauthier", "García", "Perrin", "Robin",
    "Clément", "Morin", "Nicolas", "Henry", "Roussel", "Mathieu", "Gautier", "Masson", "Marchand", "Duval", "Denis",
    "Dumont", "Marie", "Lemaire", "Noël", "Meyer", "Dufour", "Meunier", "Brun", "Blanchard", "Giraud", "Joly",
    "Rivière", "Lucas", "Brunet", "Gaillard", "Barbier", "Arnaud", "Martinez", "Gérard", "Roche", "Renard", "Schmitt",
    "Roy", "Leroux", "Colin", "Vidal", "Caron", "Picard", "Roger", "Fabre", "Aubert", "Lemoine", "Renaud", "Dumas",
    "Lacroix", "Olivier", "Philippe", "Bourgeois", "Pierre", "Benoît", "Rey", "Leclerc", "Payet", "Rolland",
    "Leclercq", "Guillaume", "Lecomte", "López", "Jean", "Dupuy", "Guillot", "Hubert", "Berger", "Carpentier",
    "Sánchez", "Dupuis", "Moulin", "Louis", "Deschamps", "Huet", "Vasseur", "Pérez", "Boucher", "Fleury", "Royer",
    "Klein", "Jacquet", "Adam", "Paris", "Poirier", "Marty", "Aubry", "Guyot", "Carré", "Charles", "Renault",
    "Charpentier", "Ménard", "Maillard", "Baron", "Bertin", "Bailly", "Hervé", "Schneider", "Fernández", "Le Gall",
    "Collet", "Léger", "Bouvier", "Julien", "Prévost", "Millet", "Perrot", "Daniel", "Le Roux", "Cousin", "Germain",
    "Breton", "Besson", "Langlois", "Rémy", "Le Goff", "Pelletier", "Lévêque", "Perrier", "Leblanc", "Barré",
    "Lebrun", "Marchal", "Weber", "Mallet", "Hamon", "Boulanger", "Jacob", "Monnier", "Michaud", "Rodríguez",
    "Guichard", "Gillet", "Étienne", "Grondin", "Poulain", "Tessier", "Chevallier", "Collin", "Chauvin", "Da Silva",
    "Bouchet", "Gay", "Lemaître", "Bénard", "Maréchal", "Humbert", "Reynaud", "Antoine", "Hoarau", "Perret",
    "Barthélémy", "Cordier", "Pichon", "Lejeune", "Gilbert", "Lamy", "Delaunay", "Pasquier", "Carlier", "Laporte",
    "N'Diaye", "L'Hostis", "L'Haÿ", "d'Estaing", "D'Almeida", "de La Tour", "de Villeneuve-Bargemon", "du Pré",
    "Le Bihan", "Ben Saïd", "El Khoury", "Nguyễn", "Traoré", "Diallo", "Benali", "Haddad", "Kaçar", "Öztürk",
    "Œuvrard", "Cœurdevey", "Ÿvon", "Kowalski", "Ferreira", "Gonçalves", "O'Brien", "Châtaignier-Bézu",
    "de Montmorency-Luxembourg de Beaumont d'Autichamp de La Rochefoucauld",
)
WOMEN = (
    "Émilie", "Marie", "Camille", "Julie", "Aurélie", "Céline", "Sophie", "Élodie", "Laëtitia", "Pauline", "Claire",
    "Anaïs", "Mélanie", "Charlotte", "Marine", "Hélène", "Chloé", "Sarah", "Laura", "Manon", "Fanny", "Audrey",
    "Noémie", "Lucie", "Mathilde", "Amélie", "Virginie", "Stéphanie", "Clémence", "Fatima", "Aïcha", "Inès", "Zoé",
    "Gaëlle", "Maëlle", "Solène", "Justine", "Marion", "Coralie", "Bérénice", "Anne-Sophie", "Marie-Ève", "Aïssata",
    "Océane", "Agnès", "Cécile", "Delphine", "Nathalie", "Sandrine", "Valérie", "Yasmine", "Joséphine", "Françoise",
)
MEN = (
    "Thomas", "Nicolas", "Julien", "Sébastien", "Jérôme", "Rémi", "Loïc", "Benoît", "Frédéric", "Grégory", "Cédric",
    "Mickaël", "Raphaël", "Clément", "Gaël", "Jean-François", "Mathieu", "Théo", "Hugo", "Étienne", "Maël", "Yann",
    "Antoine", "Romain", "Guillaume", "Mehdi", "Mamadou", "Karim", "Olivier", "François", "Léo", "Noël", "Anthony",
)
CHILDREN = (
    "Jade", "Louise", "Emma", "Alba", "Rose", "Alma", "Léna", "Éléna", "Zoé", "Maëlys", "Inès", "Chloé", "Anaé",
    "Léonie", "Élise", "Romy", "Agathe", "Iris", "Noélie", "Eva", "Garance", "Apolline", "Ÿsé", "Thaïs", "Héloïse",
    "Gabriel", "Raphaël", "Léo", "Louis", "Noé", "Maël", "Jules", "Adam", "Arthur", "Isaac", "Liam", "Sacha", "Eden",
    "Marceau", "Gabin", "Léon", "Aïdan", "Mathéo", "Côme", "Timéo", "Ismaël", "Loïs", "Zéphyr", "Élie", "Jean-Baptiste",
)

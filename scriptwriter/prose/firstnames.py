"""Common first names and short forms, as a hint only: nobody is a person by this list alone."""

from __future__ import annotations

from scriptwriter.prose.types import Gender
from scriptwriter.prose.wordlist import wordlist

FEMALE = frozenset(
    wordlist(
        """
    Abigail Ada Adela Adele Agatha Agnes Aileen Aisha Alexandra Alexis Alice Alicia Alina
    Alison Allison Alma Amanda Amber Amelia Amélie Amina Amy Ana Anastasia Andrea Angela
    Angelina Anita Anja Anna Annabel Anne Annie Annette Antonia April Ariadne Ariana Arya
    Ashley Astrid Audrey Augusta Aurora Ava Barbara Beatrice Beatrix Becky Belinda Bella Belle
    Bernadette Bertha Bess Bessie Beth Betsy Betty Beverly Bianca Brenda Bridget Brigitte
    Brittany Brooke Camila Camille Cara Carla Carmen Carol Carolina Caroline Carrie Cassandra
    Catherine Cathy Cecilia Cecily Celeste Celia Charlotte Chelsea Chloe Chloé Christa
    Christina Christine Claire Clara Clarissa Claudia Colleen Connie Constance Cora Cordelia
    Cornelia Courtney Crystal Cynthia Daisy Daniela Danielle Daphne Dawn Deborah Debbie
    Deirdre Delia Delilah Denise Diana Diane Dinah Dolores Donna Dora Doris Dorothea Dorothy
    Edith Edna Effie Eileen Elaine Eleanor Elena Elinor Eliza Elizabeth Ella Ellen Ellie
    Eloise Elsa Elsie Elspeth Elvira Emilia Emily Emma Erica Erika Erin Esme Esmeralda Estella
    Esther Ethel Eunice Eva Eve Eveline Evelyn Fanny Fatima Felicia Felicity Fiona Flora
    Florence Frances Francesca Frances Frida Gabriela Gabriella Gabrielle Gemma Genevieve
    Georgia Georgiana Georgina Geraldine Gertrude Gina Ginny Gisela Giulia Gladys Gloria Grace
    Greta Grete Gretchen Gretta Gwen Gwendolen Hannah Harriet Hazel Heather Heidi Helen Helena
    Helga Henrietta Hermione Hilary Hilda Holly Hope Ida Ilse Imogen Ines Inés Ingrid Irene
    Iris Irma Isabel Isabella Isabelle Ivy Jacqueline Jana Jane Janet Janice Jasmine Jean
    Jeanne Jeannie Jemima Jennifer Jenny Jessica Jessie Jill Jo Joan Joanna Jocelyn Josephine
    Joy Joyce Juanita Judith Judy Julia Juliana Julie Juliet June Justine Karen Karin Karla
    Kate Katharine Katherine Kathleen Kathryn Kathy Katie Katja Kay Kelly Kerstin Kimberly
    Kirsten Kitty Klara Lara Latisha Laura Lauren Laurie Lavinia Leah Leila Lena Leonie
    Leonora Leticia Lettice Lila Lilian Lillian Lily Linda Lisa Liza Lizzie Lizzy Lois Lola
    Lorna Lorraine Lottie Louisa Louise Lucia Lucille Lucy Luisa Lydia Lynn Mabel Madeleine
    Madeline Maggie Maisie Mandy Margaret Margarita Margery Margot Maria Marian Marianne Marie
    Marilyn Marina Marion Marjorie Marlene Martha Mary Matilda Maud Maude Maureen Maxine Meg
    Megan Melanie Melissa Mercedes Mercy Mia Michelle Mildred Millicent Millie Mina Minnie
    Miranda Miriam Moira Molly Mona Monica Monika Morgana Muriel Myra Myrtle Nadia Nancy Naomi
    Natalia Natalie Natasha Nell Nellie Nicole Nina Nora Olga Olive Olivia Ophelia Pamela
    Patience Patricia Patty Paula Pauline Pearl Peggy Penelope Penny Petra Petunia Philippa
    Phoebe Phyllis Polly Portia Priscilla Prudence Rachel Ramona Rebecca Regina Renata Renée
    Rhoda Rita Roberta Rosa Rosalie Rosalind Rosamund Rose Rosemary Rosie Rowena Roxanne Ruby
    Ruth Sabine Sabrina Sadie Safie Sally Samantha Sandra Sara Sarah Selina Serena Sharon
    Sheila Shirley Sibyl Siobhan Sofia Sonia Sonja Sophia Sophie Stella Stephanie Susan
    Susanna Susannah Susie Suzanne Sybil Sylvia Tabitha Tamara Tania Tanya Tara Tatiana Teresa
    Tess Tessa Thea Thelma Theodora Theresa Tiffany Tina Tracy Trudy Una Ursula Valentina
    Valerie Vanessa Vera Verena Veronica Victoria Viola Violet Virginia Vivian Wanda Wendy
    Wilhelmina Winifred Winnie Yolanda Yvette Yvonne Zara Zelda Zoe Zoey Zoë Aaliyah Priya Mei
    Yuki Aiko Sakura Ingeborg Freya Sigrid Solveig Maeve Niamh Aoife Saoirse Svetlana Ludmila
    Katya Anya Marisol
    """
    )
)

MALE = frozenset(
    wordlist(
        """
    Aaron Abdul Abel Abraham Abram Adam Adolf Adrian Ahmed Alan Albert Alec Alejandro
    Alessandro Alex Alexander Alexei Alfred Algernon Ali Alistair Allan Allen Alphonse Alvin
    Ambrose Amir Amos Anders Andre André Andreas Andrei Andrew Andy Angelo Angus Anthony Anton
    Antonio Archibald Archie Aristide Arjun Arnold Arthur Asher Augustus Austin Axel Barnaby
    Barney Barry Bartholomew Basil Ben Benedict Benjamin Bernard Bert Bertram Bill Billy Björn
    Bob Bobby Boris Brad Bradley Brandon Brendan Brian Bruce Bruno Bryan Byron Caleb Calvin
    Cameron Carl Carlos Casey Casper Cecil Cedric Charles Charley Charlie Chester Chris
    Christian Christopher Claude Clarence Claudio Clement Clifford Clint Clive Clyde Colin
    Connor Conrad Cornelius Craig Curtis Cuthbert Cyril Cyrus Dale Damian Dan Daniel Danny
    Darren Dave David Dean Declan Denis Dennis Derek Desmond Dexter Dick Diego Dieter Dimitri
    Dirk Dominic Don Donald Dorian Douglas Duncan Dustin Dwight Dylan Earl Ebenezer Eddie
    Edgar Edmund Eduardo Edward Edwin Eli Elias Elijah Elliot Elliott Emil Emmanuel Enrique
    Eric Erich Erik Ernest Ernesto Ernst Ethan Eugene Eustace Evan Ezra Fabian Felix Ferdinand
    Fergus Fernando Fitzwilliam Floyd Francis Francisco Frank Franklin Franz Fred Freddie
    Freddy Frederick Friedrich Fritz Gabriel Gareth Garrett Gary Gavin Geoffrey Georg George
    Gerald Gerard Gerhard Giacomo Gideon Gilbert Giles Giovanni Giuseppe Glen Godfrey Gordon
    Graham Greg Gregor Gregory Günter Gustav Guy Hamish Hank Hans Harold Harry Harvey Hassan
    Heathcliff Hector Heinrich Helmut Henri Henry Herbert Herman Hermann Homer Horace Horatio
    Howard Hubert Hugh Hugo Humphrey Ian Ibrahim Ichabod Igor Ilya Immanuel Isaac Isaiah
    Ishmael Israel Ivan Jabez Jack Jackson Jacob Jacques Jake Jakob Jamal James Jamie Jan
    Jared Jason Jasper Javier Jay Jeff Jeffrey Jem Jeremiah Jeremy Jerome Jerry Jesse Jesús
    Jim Jimmy Joachim Joaquin Joe Joel Joey Johan Johann Johannes John Johnny Jon Jonah Jonas
    Jonathan Jorge José Joseph Josh Joshua Josiah Juan Jude Julian Julio Julius Jürgen Justin
    Kai Karl Keith Ken Kenneth Kevin Kurt Kyle Lancelot Lars Laurence Lawrence Lee Lemuel Leo
    Leon Leonard Leopold Leroy Leslie Lester Levi Lewis Liam Lionel Lloyd Lorenzo Louis Lucas
    Lucian Luigi Luis Luke Luther Magnus Malcolm Manfred Manuel Marc Marcel Marco Marcus Mario
    Mark Martin Marvin Mateo Matt Matthew Matthias Maurice Max Maximilian Maxwell Melvin
    Michael Micah Miguel Mike Mikhail Miles Milton Mitch Mitchell Mohammed Montague Mordecai
    Mortimer Moses Mustafa Nate Nathan Nathaniel Ned Neil Neville Nicholas Nick Nicolas Niels
    Nigel Nikolai Noah Noel Norman Oleg Oliver Olivier Omar Orlando Oscar Oskar Osman Oswald
    Otto Owen Pablo Paolo Pascal Patrick Paul Pedro Percival Percy Perry Pete Peter Phil
    Philip Phillip Phineas Pierre Pip Quentin Quincey Rafael Ralph Ramon Randall Randolph
    Raoul Raphael Rashid Ray Raymond Reginald Reuben Rex Ricardo Richard Rick Robert Roberto
    Robin Rodney Rodrigo Roger Roland Rolf Roman Ron Ronald Rory Ross Roy Rudolf Rudolph Rufus
    Rupert Russell Ryan Salvador Salvatore Sam Sammy Samuel Santiago Saul Scott Sean Sebastian
    Sergei Seth Seymour Shane Shaun Shawn Sherlock Sidney Siegfried Sigmund Silas Silvester
    Simon Solomon Spencer Stan Stanley Stefan Stephen Sterling Steve Steven Stewart Stuart
    Sven Sylvester Ted Terence Terry Thaddeus Theo Theobald Theodore Thomas Tim Timothy Titus
    Tobias Toby Todd Tom Tommy Tony Travis Trevor Tristan Tyler Tyrone Ulrich Ulysses Uriah
    Valentin Valentine Vernon Victor Vikram Viktor Vincent Virgil Vladimir Wade Wallace Walter
    Warren Wayne Werner Wesley Wilbur Wilfred Wilhelm Will William Willie Winston Wolfgang
    Xavier Yuri Yusuf Zachary Zack Hiroshi Kenji Takeshi Wei Olaf Ragnar Leif Erling Fyodor
    Alyosha Dmitri Rodion Rajesh Ravi Kwame Kofi Chidi Tariq Bilal Karim Youssef
    """
    )
)

# Short form -> full forms it may stand for. Several are open on purpose: the book decides.
_SHORT = """
Abby Abigail
Al Albert Alfred Alan Alexander Alistair
Alec Alexander
Alex Alexander Alexandra
Algy Algernon
Andy Andrew
Angie Angela
Archie Archibald
Art Arthur
Barb Barbara
Becky Rebecca
Bella Isabella
Ben Benjamin Benedict
Bernie Bernard
Bert Albert Herbert Robert Bertram
Bertie Albert Herbert Bertram
Bess Elizabeth
Bessie Elizabeth
Beth Elizabeth
Betsy Elizabeth
Betty Elizabeth
Bill William
Billy William
Bob Robert
Bobby Robert
Cathy Catherine
Charley Charles
Charlie Charles Charlotte
Chris Christopher Christine Christina Christian
Connie Constance
Dan Daniel
Danny Daniel
Dave David
Debbie Deborah
Dick Richard
Dolly Dorothy
Don Donald
Dot Dorothy
Doug Douglas
Ed Edward Edwin Edmund Edgar
Eddie Edward Edwin Edmund Edgar
Eliza Elizabeth
Ellie Eleanor Ellen Elizabeth
Em Emily Emma
Fanny Frances
Frank Francis Franklin
Fred Frederick Alfred
Freddie Frederick
Freddy Frederick
Gabe Gabriel
Geoff Geoffrey
Gina Regina Georgina
Ginny Virginia Ginevra
Greg Gregory
Gus Augustus Gustav
Gwen Gwendolen Gwendolyn
Hal Henry Harold
Hank Henry
Harry Henry Harold
Hattie Harriet
Jack John
Jake Jacob
Jamie James
Jeff Jeffrey
Jem James Jeremy
Jen Jennifer
Jenny Jennifer Jane
Jerry Gerald Jeremy Jerome
Jess Jessica Jessie
Jim James
Jimmy James
Jo Josephine Joanna
Joe Joseph
Joey Joseph
Johnny John
Jon Jonathan
Josh Joshua
Judy Judith
Kat Katherine Katharine
Kate Katherine Katharine Catherine
Katie Katherine Katharine Catherine
Kathy Katherine Kathleen
Ken Kenneth
Kitty Catherine Katherine Katharine
Larry Lawrence Laurence
Len Leonard
Lena Helena Magdalena
Liz Elizabeth
Liza Elizabeth
Lizzie Elizabeth
Lizzy Elizabeth
Lou Louis Louise Louisa
Lottie Charlotte
Maggie Margaret
Mandy Amanda
Matt Matthew
Max Maximilian Maxwell
Meg Margaret Megan
Mel Melanie Melissa
Mick Michael
Mike Michael
Millie Mildred Millicent
Mina Wilhelmina
Molly Mary
Nan Anne Nancy
Nat Nathaniel
Nate Nathan Nathaniel
Ned Edward
Nell Ellen Helen Eleanor
Nellie Ellen Helen Eleanor
Nick Nicholas
Pat Patrick Patricia
Patty Patricia
Peg Margaret
Peggy Margaret
Penny Penelope
Pete Peter
Phil Philip Phillip
Polly Mary
Ray Raymond
Rick Richard
Rob Robert
Robbie Robert
Ron Ronald
Rosie Rose Rosemary
Sally Sarah
Sam Samuel Samantha
Sammy Samuel
Sandy Alexander Sandra
Sid Sidney
Steve Stephen Steven
Sue Susan
Susie Susan Susannah
Suzy Susan Suzanne
Ted Edward Theodore
Terry Terence Theresa
Theo Theodore
Tilly Matilda
Tim Timothy
Tina Christina
Toby Tobias
Tom Thomas
Tommy Thomas
Tony Anthony
Trudy Gertrude
Val Valerie
Vicky Victoria
Vince Vincent
Viv Vivian
Wendy Gwendolen
Will William
Willie William
Willy William
Win Winifred
Winnie Winifred
Zack Zachary
"""

SHORT_FORMS: dict[str, frozenset[str]] = {
    words[0]: frozenset(words[1:]) for words in map(str.split, _SHORT.strip().splitlines())
}


def first_name_gender(word: str) -> Gender:
    """The gender a listed first name tells; "" for unlisted or common to both."""
    female, male = word in FEMALE, word in MALE
    if not female and not male:
        fulls = SHORT_FORMS.get(word, frozenset())
        female, male = bool(fulls & FEMALE), bool(fulls & MALE)
    if female == male:
        return ""
    return "female" if female else "male"


def may_be_short_for(short: str, full: str) -> bool:
    """Whether "Lizzy" can be "Elizabeth": by the table, or as a clear cut of the same name."""
    if full in SHORT_FORMS.get(short, ()):
        return True
    if len(short) < 3 or not full.startswith(short):
        return False
    if SHORT_FORMS.get(short, frozenset()) & SHORT_FORMS.get(full, frozenset()):
        return True
    if full.endswith(("ian", "ians", "ans", "ese", "ish", "ers")):
        return False
    return len(full) - len(short) >= 2 and short not in FEMALE and short not in MALE

"""The words of friendly names: short, plain, and fit for any company."""

_ADJECTIVE_TEXT = """
able agile amber apt bold brave brief bright brisk calm candid civil clean clear clever cosy crisp deft dewy eager
early easy even fair fine firm fleet fond frank free fresh gentle glad golden good grand green happy hardy honest
jolly keen kind lively loyal lucid lucky mellow merry mild neat nimble noble patient placid plucky polite prime proud
quick quiet rapid ready rosy round sage sharp shiny silver smart smooth snug sober solid spry stable steady still
sunny sure swift tidy true upbeat vivid warm wise witty zesty
"""
_NOUN_TEXT = """
acorn alder anchor apple ash aspen badger beacon beech birch bison brook canyon cedar cloud clover comet compass coral
crane creek dawn delta dune eagle echo elm ember falcon fern field finch fjord forest fox garden glade grove harbor
hare hawk hazel heron hill island ivy jay lagoon lake lantern larch lark leaf lily lynx maple marten meadow mesa moon
moss oak oasis ocean olive orbit orchid osprey otter owl panda pebble pine planet plover pond prairie quail quartz
rain raven reef ridge river robin sage salmon sparrow spring spruce star stone stream summit swan thistle thrush tide
tulip valley violet walnut wave willow wren
"""
ADJECTIVES = tuple(_ADJECTIVE_TEXT.split())
NOUNS = tuple(_NOUN_TEXT.split())

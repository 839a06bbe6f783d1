using Veltrix.Contracts;
using Veltrix.Grains.Regions;
using Veltrix.Grains.Tests.Support;
using Veltrix.World.Rules;

namespace Veltrix.Grains.Tests.Regions;

public sealed class DiggingsTests
{
    private static readonly TreasurePlan Plan = TreasurePlan.Create(TestMaps.Open(32, 32), new HuntRules(), seed: 3);
    private static readonly Treasure Chest = Plan.All[0];
    private static readonly PlayerId Ada = new("ada");
    private static readonly PlayerId Bob = new("bob");

    [Fact]
    public void Judge_NothingBuried_IsEmpty()
    {
        var free = Enumerable.Range(0, 32).Select(x => World.Tile.At(x, 0)).First(tile => !Plan.TryFind(tile, out _));
        Assert.Equal(DigWord.Empty, new Diggings(Plan, 0).Judge(free, Ada, Op(1), 0).Word);
    }

    [Fact]
    public void Judge_NeverDug_AsksForTheFirstGeneration() =>
        Assert.Equal(new DigVerdict(DigWord.Ask, Chest), new Diggings(Plan, 0).Judge(Chest.Tile, Ada, Op(1), 0));

    [Fact]
    public void Judge_RepeatOfTheClaim_IsOwnWithItsPoints()
    {
        var diggings = new Diggings(Plan, 0);
        Assert.True(diggings.Remember(Chest, new DugClaim(0, 100, Ada, Op(1), 55)));

        Assert.Equal(new DigVerdict(DigWord.Own, Chest, 0, 55), diggings.Judge(Chest.Tile, Ada, Op(1), 200));
        Assert.Equal(DigWord.Taken, diggings.Judge(Chest.Tile, Ada, Op(2), 200).Word);
        Assert.Equal(DigWord.Taken, diggings.Judge(Chest.Tile, Bob, Op(3), 200).Word);
    }

    [Fact]
    public void Judge_ClaimWhoseCommandIsUnknown_AsksForItsPlayerOnly()
    {
        var diggings = new Diggings(Plan, 0);
        diggings.Remember(Chest, new DugClaim(0, 100, Ada, Operation: null, 55));

        Assert.Equal(new DigVerdict(DigWord.Ask, Chest), diggings.Judge(Chest.Tile, Ada, Op(1), 200));
        Assert.Equal(DigWord.Taken, diggings.Judge(Chest.Tile, Bob, Op(2), 200).Word);
    }

    [Fact]
    public void Judge_UnknownClaimant_AsksForEverybody()
    {
        var diggings = new Diggings(Plan, 0);
        diggings.Remember(Chest, new DugClaim(0, 100, Player: null, Operation: null, 0));

        Assert.Equal(DigWord.Ask, diggings.Judge(Chest.Tile, Bob, Op(2), 200).Word);
    }

    [Fact]
    public void Judge_AfterRespawn_AsksForTheNextGenerationButNotARepeat()
    {
        var diggings = new Diggings(Plan, respawnSeconds: 10);
        diggings.Remember(Chest, new DugClaim(0, 1_000, Ada, Op(1), 55));

        Assert.Equal(DigWord.Taken, diggings.Judge(Chest.Tile, Bob, Op(2), 10_999).Word);
        Assert.Equal(new DigVerdict(DigWord.Ask, Chest, 1), diggings.Judge(Chest.Tile, Bob, Op(2), 11_000));
        Assert.Equal(DigWord.Own, diggings.Judge(Chest.Tile, Ada, Op(1), 11_000).Word);
    }

    [Fact]
    public void Judge_ManyGenerations_AsksWhereItDoesNotRememberAll()
    {
        var diggings = new Diggings(Plan, respawnSeconds: 1);
        for (var generation = 0; generation <= Diggings.Remembered; generation++)
        {
            diggings.Remember(Chest, new DugClaim(generation, 1_000 * generation, Ada, Op((ulong)generation), 5));
        }

        Assert.Equal(new DigVerdict(DigWord.Ask, Chest, Diggings.Remembered), diggings.Judge(Chest.Tile, Bob, Op(99), 1_000 * Diggings.Remembered));
        Assert.Single(diggings.Marks);
    }

    [Fact]
    public void Remember_TakenThenTheReceipt_TakesTheBetterWord()
    {
        var diggings = new Diggings(Plan, 0);
        diggings.Remember(Chest, new DugClaim(0, 100, Player: null, Operation: null, 0));
        diggings.Remember(Chest, new DugClaim(0, 100, Ada, Op(1), 55));
        diggings.Remember(Chest, new DugClaim(0, 100, Player: null, Operation: null, 0));

        Assert.Equal(DigWord.Own, diggings.Judge(Chest.Tile, Ada, Op(1), 200).Word);
        Assert.Equal(DigWord.Taken, diggings.Judge(Chest.Tile, Bob, Op(2), 200).Word);
    }

    private static OperationId Op(ulong sequence) => new(new SessionId(Guid.Empty), sequence);
}

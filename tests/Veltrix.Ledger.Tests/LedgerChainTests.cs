using Veltrix.World;

namespace Veltrix.Ledger.Tests;

public class LedgerChainTests
{
    private static readonly EntryDraft Content = new(
        new OperationId(new SessionId(Guid.ParseExact("00112233445566778899aabbccddeeff", "N")), 0x0102030405060708),
        EntryKind.Claim,
        new PlayerId("Ada"),
        Tile.At(0x1234, 0x5678),
        Region: 9,
        Points: -2,
        Treasure: 77,
        Generation: 3);

    /// <summary>The bytes as the README says, written by hand: they never change.</summary>
    [Fact]
    public void Encode_AnEntry_GivesTheDocumentedBytes()
    {
        var buffer = new byte[256];
        var digest = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();

        var length = LedgerChain.Encode(buffer, new HuntId("demo"), shard: 5, position: 6, at: 0x0A0B0C, Content, digest);

        Assert.Equal(
            "76656C7472697831" + "04" + "64656D6F" + "05000000" + "0600000000000000" + "0C0B0A0000000000"
            + "00112233445566778899AABBCCDDEEFF" + "0807060504030201" + "01" + "03" + "416461" + "3412" + "7856" + "09000000"
            + "FEFFFFFFFFFFFFFF" + "4D000000" + "03000000" + "01" + Convert.ToHexString(digest),
            Convert.ToHexString(buffer.AsSpan(0, length)));
    }

    // Made with another implementation (Python's hashlib over the bytes above, and over those without a text), so that ours is checked by it.
    [Theory]
    [InlineData(false, "2BFEB2887A7FDBBAF299BFB46B251227B8F16036249E0C173378187CEF8A2D9C")]
    [InlineData(true, "684EA82EEB2EA1C0C3E87B3DA7903B6A3F42333FE7BDA22D9B8B5E965F52CA28")]
    public void Hash_AnEntry_IsTheGoldenOne(bool text, string expected)
    {
        var digest = text ? Enumerable.Range(0, 32).Select(i => (byte)i).ToArray() : [];
        var hash = new byte[32];
        using var chain = new LedgerChain();

        chain.Hash(new HuntId("demo"), 5, 6, 0x0A0B0C, Content, digest, LedgerChain.Genesis.AsSpan(), hash);

        Assert.Equal(expected, Convert.ToHexString(hash));
    }
}

using Microsoft.Extensions.Options;

namespace Veltrix.Grains.Boards;

/// <summary>How boards keep up with the ledger.</summary>
public sealed class BoardOptions
{
    /// <summary>
    /// How often a board asks the ledger for entries that no call told it of. It only matters after a lost call. Each time costs one indexed
    /// read a shard.
    /// </summary>
    public TimeSpan CatchUpEvery { get; set; } = TimeSpan.FromSeconds(5);
}

internal sealed class BoardOptionsValidator : IValidateOptions<BoardOptions>
{
    public ValidateOptionsResult Validate(string? name, BoardOptions options) => options.CatchUpEvery < TimeSpan.FromMilliseconds(100)
        ? ValidateOptionsResult.Fail(
            $"CatchUpEvery is {options.CatchUpEvery}: set Veltrix:Boards:CatchUpEvery to 00:00:00.1 or more.")
        : ValidateOptionsResult.Success;
}

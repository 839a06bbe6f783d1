using Microsoft.Extensions.Options;
using Veltrix.Grains.Boards;
using Veltrix.Grains.Hunts;
using Veltrix.Grains.Players;
using Veltrix.Grains.Regions;

namespace Veltrix.Grains.Tests;

public sealed class OptionsTests
{
    public static TheoryData<string, ValidateOptionsResult> Misfits => new()
    {
        { "Players:CheckpointEvery", Players(static o => o.CheckpointEvery = TimeSpan.Zero) },
        { "Players:Linger", Players(static o => o.Linger = TimeSpan.FromSeconds(-1)) },
        { "Players:IdleFor", Players(static o => o.IdleFor = TimeSpan.FromSeconds(50)) },
        { "Players:IdleFor", Players(static o => o.Linger = TimeSpan.FromMinutes(6)) },
        { "Regions:Players", Regions(static o => o.Players = 0) },
        { "Regions:Clues", Regions(static o => o.Clues = 0) },
        { "Regions:Watchers", Regions(static o => o.Watchers = 0) },
        { "Regions:WatchLasts", Regions(static o => o.WatchLasts = TimeSpan.Zero) },
        { "Regions:NewsEvery", Regions(static o => o.NewsEvery = TimeSpan.Zero) },
        { "Regions:SeenFor", Regions(static o => o.SeenFor = TimeSpan.Zero) },
        { "Regions:BusyRetry", Regions(static o => o.BusyRetry = TimeSpan.Zero) },
        { "Hunts:Scenes", Hunts(static o => o.Scenes = 0) },
        { "Hunts:RefreshEvery", Hunts(static o => o.RefreshEvery = TimeSpan.Zero) },
        { "Hunts:MaxAge", Hunts(static o => o.MaxAge = TimeSpan.FromMilliseconds(1)) },
        { "Hunts:Hunts", Hunts(static o => o.Hunts = 0) },
        { "Boards:CatchUpEvery", Boards(static o => o.CatchUpEvery = TimeSpan.Zero) },
    };

    [Theory]
    [MemberData(nameof(Misfits))]
    public void Validate_ASettingThatDoesNotFit_NamesIt(string setting, ValidateOptionsResult result)
    {
        Assert.True(result.Failed);
        Assert.Contains($"set Veltrix:{setting} to", result.FailureMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_Defaults_Fit() => Assert.All(
        [Players(static _ => { }), Regions(static _ => { }), Hunts(static _ => { }), Boards(static _ => { })], result => Assert.True(result.Succeeded));

    private static ValidateOptionsResult Players(Action<PlayerOptions> set) => Check(new PlayerOptionsValidator(), set);

    private static ValidateOptionsResult Regions(Action<RegionOptions> set) => Check(new RegionOptionsValidator(), set);

    private static ValidateOptionsResult Hunts(Action<HuntOptions> set) => Check(new HuntOptionsValidator(), set);

    private static ValidateOptionsResult Boards(Action<BoardOptions> set) => Check(new BoardOptionsValidator(), set);

    private static ValidateOptionsResult Check<T>(IValidateOptions<T> validator, Action<T> set)
        where T : class, new()
    {
        var options = new T();
        set(options);
        return validator.Validate(null, options);
    }
}

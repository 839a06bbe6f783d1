using CsCheck;
using Veltrix.Contracts;
using Veltrix.Grains.Players;

namespace Veltrix.Grains.Tests.Players;

public sealed class AnswerWindowTests
{
    [Fact]
    public void Window_AnyAddsAndConfirms_KeepsTheUnconfirmedInOrder() =>
        Gen.OneOf(Gen.Int[1, 400].Select(static count => (Add: count, Confirm: 0)), Gen.Int[0, 1500].Select(static back => (Add: 0, Confirm: back)))
            .Array[1, 30]
            .Sample(steps =>
            {
                var window = new AnswerWindow();
                var model = new SortedDictionary<ulong, long>();
                var last = 0UL;
                foreach (var (add, confirm) in steps)
                {
                    for (var i = 0; i < add; i++)
                    {
                        window.Add(Answer(++last));
                        model.Add(last, (long)last);
                        model.Remove(last - AnswerWindow.Capacity);
                    }

                    if (add == 0)
                    {
                        var upTo = last > (ulong)confirm ? last - (ulong)confirm : 0;
                        window.Confirm(upTo);
                        foreach (var gone in model.Keys.Where(key => key <= upTo).ToList())
                        {
                            model.Remove(gone);
                        }
                    }

                    Assert.Equal(last, window.Last);
                    Assert.Equal(model.Values, window.After(0).Select(answer => answer.Points));
                    Assert.All(model, pair => Assert.Equal(pair.Value, window.Of(pair.Key).Points));
                    Assert.False(window.Has(last + 1));
                    Assert.False(model.Count > 0 && window.Has(model.Keys.First() - 1));
                }
            });

    [Fact]
    public void After_TheMiddle_GivesTheRest()
    {
        var window = new AnswerWindow();
        for (var i = 1UL; i <= 5; i++)
        {
            window.Add(Answer(i));
        }

        Assert.Equal([4, 5], window.After(3).Select(answer => answer.Points));
        Assert.Empty(window.After(5));
        Assert.Empty(window.After(9));
    }

    [Fact]
    public void Of_WhatIsNotKept_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new AnswerWindow().Of(1));

    private static CommandAnswer Answer(ulong sequence) => new(CommandKind.Move, CommandResult.Ok, Points: (long)sequence);
}

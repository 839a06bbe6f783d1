namespace Veltrix.Client;

/// <summary>
/// Listens for gateways that hang, or that a network has cut off: nothing closes their sockets, and TCP itself takes 10 seconds and more to give them up. It
/// serves all sessions of a client, and rests while there are none.
/// </summary>
internal sealed class SilenceWatch(VeltrixClientOptions options)
{
    /// <summary>How many looks have to find a gateway silent until it is pinged, and how many more until its socket is given up.</summary>
    public const int Looks = 2;

    private readonly Lock _gate = new();
    private readonly HashSet<PlaySession> _sessions = [];
    private bool _listens;

    public void Add(PlaySession session)
    {
        lock (_gate)
        {
            _sessions.Add(session);
            if (_listens)
            {
                return;
            }

            _listens = true;
        }

        _ = ListenAsync();
    }

    public void Remove(PlaySession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
        }
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            await Task.Delay(options.SilencePatience / Looks, options.Clock);
            PlaySession[] sessions;
            lock (_gate)
            {
                sessions = [.. _sessions];
                if (sessions.Length == 0)
                {
                    _listens = false;
                    return;
                }
            }

            foreach (var session in sessions)
            {
                session.Listen();
            }
        }
    }
}

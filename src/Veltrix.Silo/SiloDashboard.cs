using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Dashboard;

namespace Veltrix.Silo;

/// <summary>
/// The silo's part of the Orleans dashboard; the pages are the gateway's. Of what the package brings, two parts cost something in every call even when nobody looks. The
/// host that listens to every counter of Orleans is left out: /metrics shows them better. The filter that times calls is an option (see <see cref="SiloOptions.DashboardCalls"/>).
/// What remains asks the silo for its figures once a second, and cost nothing that could be measured.
/// </summary>
internal static class SiloDashboard
{
    public static ISiloBuilder AddVeltrixDashboard(this ISiloBuilder silo, bool calls)
    {
        var before = silo.Services.ToHashSet();
        silo.AddDashboard(static dashboard => dashboard.HideTrace = true);
        var added = silo.Services.Where(service => !before.Contains(service)).ToArray();

        // The host is registered by itself, as a hosted service, and as a part of the silo's life; the filter's own part of that life comes from the package itself.
        Remove(silo, added, 3, static service => service.ServiceType.Name is "DashboardHost" || service.ServiceType == typeof(IHostedService)
            || (service.ServiceType == typeof(ILifecycleParticipant<ISiloLifecycle>) && service.ImplementationFactory?.Method.DeclaringType?.Assembly != typeof(DashboardOptions).Assembly));
        if (!calls)
        {
            Remove(silo, added, 1, static service => service.ServiceType == typeof(IIncomingGrainCallFilter));
        }

        return silo;
    }

    private static void Remove(ISiloBuilder silo, ServiceDescriptor[] added, int expected, Func<ServiceDescriptor, bool> wanted)
    {
        var parts = added.Where(service => !service.IsKeyedService && wanted(service)).ToArray();
        if (parts.Length != expected)
        {
            throw new InvalidOperationException($"The dashboard's package brings {parts.Length} parts where {expected} were known: look what they do in each call.");
        }

        foreach (var part in parts)
        {
            silo.Services.Remove(part);
        }
    }
}

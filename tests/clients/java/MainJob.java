import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import shouxian.ApiClient;
import shouxian.ApiException;
import shouxian.api.AssistanceApi;
import shouxian.api.MonitoringApi;
import shouxian.api.ProcessApi;
import shouxian.model.FactIn;
import shouxian.model.FactStored;
import shouxian.model.Health;
import shouxian.model.HouseholdCategory;
import shouxian.model.HouseholdIn;
import shouxian.model.IllnessFact;
import shouxian.model.IllnessPayload;
import shouxian.model.Labour;
import shouxian.model.MemberIn;
import shouxian.model.Relation;
import shouxian.model.RiskOut;
import shouxian.model.Sex;
import shouxian.model.TaskOut;

/** Registers a household, records an illness, and prints the risk and the task that come of it, with the refusal of a stranger. */
public final class MainJob {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Address, client id, secret, household code. */
    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(arguments[0]);
        String token = new ProcessApi(client)
                .issueToken("client_credentials", arguments[1], arguments[2], null, null, null)
                .getAccessToken();
        client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
        MonitoringApi monitoring = new MonitoringApi(client);
        AssistanceApi assistance = new AssistanceApi(client);
        String code = arguments[3];

        monitoring.registerHousehold(code, household(), null, null);
        FactStored stored = monitoring.recordFacts(new FactIn(illness(code)), null, null);
        System.out.println("fact " + stored.getFactId());

        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            List<RiskOut> risks = monitoring
                    .listRisks(code, null, null, null, null, null, null, null, null, null, null)
                    .getItems();
            List<TaskOut> tasks =
                    assistance.listTasks(code, null, null, null, null, null, null, null, null, null).getItems();
            if (!risks.isEmpty() && !tasks.isEmpty()) {
                System.out.println("risk " + risks.get(0).getKind() + " " + risks.get(0).getStatus());
                System.out.println("task " + tasks.get(0).getKind() + " " + tasks.get(0).getStatus());
                break;
            }
            if (Instant.now().isAfter(end)) {
                throw new IllegalStateException("no task came of the fact");
            }
            Thread.sleep(100);
        }
        try {
            monitoring.getHousehold("NOBODY", null, null);
        } catch (ApiException refused) {
            System.out.println("problem " + refused.getCode());
        }
    }

    private static HouseholdIn household() {
        MemberIn member = new MemberIn()
                .memberNo(1)
                .name("赵一")
                .relation(Relation.HEAD)
                .sex(Sex.M)
                .birthDate(LocalDate.of(1980, 5, 1))
                .labour(Labour.ORDINARY)
                .health(Health.HEALTHY);
        return new HouseholdIn()
                .regionCode("520626001001")
                .category(HouseholdCategory.ORDINARY)
                .registeredOn(LocalDate.of(2020, 1, 1))
                .members(List.of(member));
    }

    private static IllnessFact illness(String code) {
        return new IllnessFact()
                .type(IllnessFact.TypeEnum.ILLNESS)
                .source("village-report")
                .sourceRef("java-" + code)
                .householdCode(code)
                .memberNo(1)
                .observedOn(LocalDate.of(2026, 11, 2))
                .payload(new IllnessPayload().code("C34.9").name("肺癌").serious(true));
    }
}

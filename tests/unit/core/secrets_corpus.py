"""Planted secrets, and the params of real configs that must stay readable."""

# ruff: noqa: SIM905  # long lists of names read better as text

import random
import string
from typing import Any

_RANDOM = random.Random(20240229)


def _random(length: int, alphabet: str = string.ascii_letters + string.digits) -> str:
    return "".join(_RANDOM.choices(alphabet, k=length - 2)) + "a7"


def _hex(length: int) -> str:
    return _random(length, "0123456789abcdef")


def _jwt() -> str:
    return f"eyJ{_random(20)}.eyJ{_random(60)}.{_random(43)}"


def _pem(kind: str) -> str:
    body = "\n".join(_random(64) for _ in range(3))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


BY_NAME: list[str] = (
    "password passwd passphrase secret token api_key apikey apiKey API_KEY auth credential credentials private_key "
    "dsn cookie access_key accessKey secret_key client_secret clientSecret db_password dbPassword DB_PASSWORD "
    "db-password db.password database.credentials.password hub_token hf_token HF_TOKEN hub.token access_token "
    "accessToken refresh_token auth_token authToken bearer_token api_token github_token GITHUB_TOKEN gitlab_token "
    "slack_token slack_bot_token bot_token wandb_api_key WANDB_API_KEY wandb_key openai_api_key OPENAI_API_KEY "
    "OpenAIApiKey anthropic_api_key aws_secret_access_key AWS_SECRET_ACCESS_KEY aws_session_token azure_account_key "
    "storage_key signing_key encryption_key ssh_key service_account_key smtp_password smtp_pass user_pass mysql_pwd "
    "PGPASSWORD_password redis_password root_password admin_password old_password new_password password2 "
    "password_confirmation user.password users[0].password jwt_secret JWT webhook_secret session_cookie set_cookie "
    "sentry_dsn SENTRY_DSN postgres_dsn basic_auth http_auth proxy_auth proxy_authorization Authorization "
    "x-api-key X-API-Key neptune_api_token NEPTUNE_API_TOKEN comet_api_key mlflow_tracking_password "
    "MLFLOW_TRACKING_TOKEN kaggle_key_secret private_token deploy_key license_key master_key secrets.openai "
    "credentials.login passcode SecretKey secretkey privateKey personal_access_token push_to_hub_token".split()
)

FORMS: list[str] = [
    *(f"sk-{_random(48)}" for _ in range(4)),
    *(f"sk-proj-{_random(60)}" for _ in range(3)),
    *(f"sk-ant-api03-{_random(40)}" for _ in range(3)),
    *(f"sk_live_{_random(24)}" for _ in range(3)),
    *(f"hf_{_random(34)}" for _ in range(6)),
    *(f"gh{kind}_{_random(36)}" for kind in "posur" for _ in range(2)),
    *(f"github_pat_{_random(22)}_{_random(59)}" for _ in range(3)),
    *(f"glpat-{_random(20)}" for _ in range(3)),
    *(f"{kind}{_random(16, string.ascii_uppercase + '234567')[:-2]}Q7" for kind in ("AKIA", "ASIA") for _ in range(3)),
    *(f"xox{kind}-{_random(12, '0123456789')[:-2]}11-{_random(24)}" for kind in "abprs" for _ in range(2)),
    *(f"AIza{_random(35)}" for _ in range(3)),
    *(_jwt() for _ in range(4)),
    *(_pem(kind) for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")),
    f"npm_{_random(36)}",
    f"gsk_{_random(52)}",
    f"nvapi-{_random(60)}",
    f"SG.{_random(22)}.{_random(43)}",
    f"hvs.{_random(30)}",
    f"dapi{_hex(32)}",
    f"r8_{_random(37)}",
    f"ya29.{_random(60)}",
    f"https://hooks.slack.com/services/T{_random(8)}/B{_random(8)}/{_random(24)}",
]

_PASSWORDS = ["hunter2", "p@ss:w0rd", "pw", "Tr0ub4dor&3", "correct-horse", "x%2Fy", "123456", "s3cr3t!"]
URLS: list[tuple[str, str]] = [
    (f"{scheme}://{user}:{password}@{host}", password)
    for scheme, host in [
        ("postgresql", "db.example.com:5432/runs"),
        ("mysql+pymysql", "10.0.0.1/db"),
        ("redis", "cache:6379/0"),
        ("https", "example.com/path?x=1"),
        ("mongodb+srv", "cluster0.example.net"),
        ("amqp", "mq//"),
    ]
    for user in ("user", "")
    for password in _PASSWORDS
    if user or scheme == "redis"
]
"""URLs, each with the secret in it."""

# Fields of transformers' TrainingArguments, generation and model configs, and keys of common YAML configs.
HARMLESS: dict[str, Any] = {
    **dict.fromkeys(
        "output_dir overwrite_output_dir do_train do_eval eval_strategy prediction_loss_only logging_dir run_name "
        "lr_scheduler_type optim report_to hub_model_id hub_strategy hub_private_repo push_to_hub deepspeed fsdp "
        "ddp_backend metric_for_best_model model_name_or_path tokenizer tokenizer_name tokenizer_type author authors "
        "authority auto auto_find_batch_size dataset dataset_name data_path cache_dir config_name pass_fn bypass "
        "passes passthrough pass_through compass trespass encoder decoder padding_side truncation_side key keys "
        "key_bits image_key label_key sort_key text_key query_key_value attn_key monkey keyboard keypoints turkey "
        "secretary tokenize tokenization tokenized_path token_type token_level token_name detokenizer "
        "private_repo is_private_dataset privacy_engine accreditation cookiecutter pinned pin_memory opinion spin "
        "auth_type auth_method auth_url authenticated credentials_file credential_path password_file secret_name "
        "api_key_env api_key_name token_file token_path username user login host email entity url endpoint schema "
        "pooling_token cls_pooling special_tokens_map additional_special_tokens stop_tokens extra_tokens "
        "activation norm init_method loss criterion scheduler sampler augment mixup backbone neck head arch "
        "seed_everything "
        "experiment project group tags notes mode precision strategy accelerator devices monitor dirpath filename "
        "_target_ _partial_ defaults hydra version name id job_type task split subset lang language signature".split(),
        "cosine_with_restarts",
    ),
    **dict.fromkeys(
        "max_tokens max_new_tokens num_tokens n_tokens min_tokens tokens_per_batch tokens_per_second total_tokens "
        "train_tokens token_dropout token_dim token_budget max_token_len token num_token prompt_tokens "
        "pad_token_id bos_token_id eos_token_id unk_token_id sep_token_id mask_token_id decoder_start_token_id "
        "forced_bos_token_id image_token_id image_token_index video_token_id vocab_size hidden_size "
        "num_attention_heads num_key_value_heads key_dim n_pass num_passes pass@1 pass@k max_pass cookies "
        "learning_rate weight_decay adam_beta1 adam_beta2 adam_epsilon max_grad_norm num_train_epochs max_steps "
        "warmup_ratio warmup_steps logging_steps save_steps save_total_limit seed data_seed local_rank "
        "dataloader_num_workers past_index label_smoothing_factor gradient_accumulation_steps eval_accumulation_steps "
        "ddp_bucket_cap_mb ddp_timeout jit_mode_eval bf16 fp16 tf32 group_by_length batch_size epochs lr momentum "
        "dropout depth width heads layers mlp_ratio patch_size image_size crop_pct temperature top_k top_p "
        "num_beams length_penalty repetition_penalty no_repeat_ngram_size auth author_id private session_length "
        "hidden_act_dim ffn_dim kv_lora_rank rope_theta num_experts num_experts_per_tok sliding_window "
        "max_position_embeddings initializer_range layer_norm_eps num_hidden_layers intermediate_size num_secrets "
        "password_min_length max_passwords key_size secret_length token_ids".split(),
        512,
    ),
    **dict.fromkeys("use_auth_token hub_token token use_password has_api_key private require_auth".split(), True),
    **dict.fromkeys("password api_key secret hub_token wandb_api_key aws_secret_access_key".split(), None),
    "pad_token": "<pad>",
    "bos_token": "<|begin_of_text|>",
    "eos_token": "<|endoftext|>",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "</s>",
    "mask_token": "<mask>",
    "image_token": "<image>",
    "boi_token": "<start_of_image>",
    "think_end_token": "</think>",
    "trigger_token": "sks",
    "placeholder_token": "<cat-toy>",
    "initializer_token": "toy",
    "token_strategy": "mean",
    "mean_token": "avg",
    "auth_mode": "none",
    "api_key_ref": "${oc.env:OPENAI_API_KEY}",
    "interpolated_password": "${oc.env:DB_PASSWORD}",
    "masked_password": "********",
    "commit": "3f786850e387550fdab836ed7e6dc881de23001b",
    "dataset_hash": "d41d8cd98f00b204e9800998ecf8427e",
    "run_uuid": "123e4567-e89b-12d3-a456-426614174000",
    "remote": "git@github.com:org/repo.git",
    "repo_url": "https://github.com/org/repo.git",
    "tracking_uri": "http://localhost:5000",
    "store": "postgresql://reader@db.example.com/runs",
    "bucket": "s3://bucket/path:with:colons@2x/image.png",
    "package": "sk-learn-contrib-package-name",
    "distribution": "scikit-learn==1.4.0",
    "model": "hf_transformers_bert_base_uncased",
    "override": "optim.lr=0.1,model.depth=12",
    "prompt": "You are a bearer of good news. Basic training starts at dawn: token by token, key by key.",
    "schedule": "warmup=500:decay=cosine:min=1e-5",
    "cmd": "python train.py --max-tokens 512 --tokenizer=bert --author me",
    "note": "the password is asked for at start",
    "betas": (0.9, 0.999),
    "tokens": ["<pad>", "<s>", "</s>"],
    "aug": {"name": "mixup", "alpha": 0.2},
    "timestamp": "2024-01-01T00:00:00+00:00",
    "image": "registry.example.com/team/train:1.2@sha256:" + "ab12" * 16,
}
